// What an option, an argument or an event is made of can be named, and so be kept in a variable of one's own.
import type { NamespaceSchemas, PartState } from '@trestle/cache';
import {
  localName,
  type AnyEnv,
  type ApplicationType,
  type Burst,
  type DistMode,
  type NodeOptions,
  type PinoLevel,
  type Pid,
  type StartedTree,
  type TaskSupervisor,
  type TaskSupervisorRef,
} from '@trestle/runtime';

export const dist: DistMode = 'once';
export const options: NodeOptions = { dist };
export const burst: Burst = { records: 100, withinMs: 1_000 };
export const level: PinoLevel = 'warn';
export const type: ApplicationType = 'transient';
export const env: AnyEnv = { limit: 3 };
export const tree = (root: Pid): StartedTree<number> => ({ root, state: 1 });
export const tasks: TaskSupervisorRef = localName<TaskSupervisor>('tasks');
export const schemas: NamespaceSchemas = {};
export const part: PartState = { state: 'ready', peers: [] };

// @ts-expect-error a connection is made always, once or never
export const wrong: DistMode = 'twice';
