import type { MeshId } from '../../meshes/index.ts';

/** How the meshes of a comparison are set, so that what differs is what is to be compared. */
export interface Profile {
  title: string;
  /** Settings of each mesh as a scenario writes them; a key that is absent is left as the mesh's own entry has it. */
  settings: Readonly<Record<MeshId, Readonly<Record<string, string | number>>>>;
  /** What stays unlike under it, and why: each sentence is about one mesh, and shown where that mesh is measured. */
  leavesUnlike: readonly { mesh: MeshId; because: string }[];
}
