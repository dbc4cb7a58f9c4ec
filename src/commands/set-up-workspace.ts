import { type CreatedWorkspace, createWorkspace } from '../accounts/create-workspace.js'
import type { WorkspaceInput } from '../config.js'
import type { Context } from '../context.js'
import { switchPrompts } from '../recovery/switch-prompts.js'

/**
 * Creates the owner's workspace or brings the existing one to what is given, prompts included: switched on, its open
 * cases follow the campaign from now on. Running it again goes on where it stopped.
 *
 * @throws StartError when the key is none we take
 */
export async function setUpWorkspace(context: Context, input: WorkspaceInput): Promise<CreatedWorkspace> {
  const created = await createWorkspace(context, input)
  const { workspaceId } = created
  if (input.promptsOn !== null) await switchPrompts(context, { workspaceId, on: input.promptsOn })
  return created
}
