/** A button, not a link: what ends a session must not be a GET. */
export function SignOut() {
  return (
    <form method="post" action="/sign-out">
      <button className="link" type="submit">
        Sign out
      </button>
    </form>
  )
}
