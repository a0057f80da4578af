// What the sibling packages and the tests may use besides the public door: nothing so far.
export {};
