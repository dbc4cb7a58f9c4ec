/** The head of a table: a column by its name, or one of amounts, which are set right. */
export function Head({ columns }: { columns: readonly (string | { readonly amount: string })[] }) {
  return (
    <thead>
      <tr>
        {columns.map((column) =>
          typeof column === 'string' ? (
            <th scope="col" key={column}>
              {column}
            </th>
          ) : (
            <th scope="col" className="amount" key={column.amount}>
              {column.amount}
            </th>
          ),
        )}
      </tr>
    </thead>
  )
}
