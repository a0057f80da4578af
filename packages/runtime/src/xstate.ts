// XState's machines as processes; needs the package `xstate`
export { machineServer } from './xstate/machine-class';
export { MachineServer } from './xstate/machine-server';
export type { MachineArgs, MachineCalls, MachineOptions, MachineView } from './xstate/machine-types';
