export { atom, type Atom } from './routing/atom';
export { phash2, type HashableTerm } from './routing/phash2';
