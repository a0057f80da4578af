/** What a layer above keeps of an owner below. */
type Attachment<Owner, T> = new (owner: Owner) => T;

/** What the layers above a node keep of it: one of each class, made when it is first asked for. */
export class Attachments<Owner> {
  private readonly kept = new Map<Attachment<Owner, unknown>, unknown>();

  constructor(private readonly owner: Owner) {}

  get<T>(Kept: Attachment<Owner, T>): T {
    if (!this.kept.has(Kept)) this.kept.set(Kept, new Kept(this.owner));
    return this.kept.get(Kept) as T;
  }
}
