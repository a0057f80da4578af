// What the sibling packages and the tests may use besides the public door: for nobody else, and free to change.
export { membersRuleSchema, strategySchema } from './membership/membership-options';
