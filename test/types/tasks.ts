// What tasks and their supervisors say to the compiler: right uses with their types, and wrong ones that must not compile.
import {
  localName,
  startTaskSupervisor,
  stopServer,
  Task,
  taskSpec,
  TaskSupervisor,
  taskSupervisorSpec,
  type Node,
  type Pid,
  type Self,
  type StreamOutcome,
  type TaskOutcome,
  type TaskReply,
} from '@trestle/runtime';

type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : { different: [A, B] };
function same<A, B>(_same: Same<A, B>): void {}

export async function tasks(node: Node, self: Self<{ type: 'x' }>): Promise<void> {
  const task = Task.async(self, () => 1);
  same<typeof task, Task<number>>(true);
  const later = Task.async(node, async (its) => Promise.resolve(String(its.pid)));
  same<typeof later, Task<string>>(true);
  const done = Task.completed(self, 'done');

  const value = await Task.await(self, task);
  same<typeof value, number>(true);
  const [one, two] = await Task.awaitMany(self, [task, done]);
  same<[typeof one, typeof two], [number, string]>(true);
  const outcome = await Task.yield(self, task, { timeoutMs: 5 });
  same<typeof outcome, TaskOutcome<number> | undefined>(true);
  if (outcome?.status === 'ok') same<typeof outcome.value, number>(true);
  const ended = await Task.shutdown(self, done, 'brutalKill');
  same<typeof ended, TaskOutcome<string> | undefined>(true);
  const ignored = Task.ignore(self, done);
  same<typeof ignored, TaskOutcome<string> | undefined>(true);
  const message = await self.receive('taskReply');
  same<typeof message, TaskReply>(true);

  // @ts-expect-error a task executes a function
  Task.async(self, 1);
  // @ts-expect-error self is passed, not found
  Task.async(() => 1);
  // @ts-expect-error the owner says what it awaits
  await Task.await(task);
  // @ts-expect-error the result is a number
  const _text: string = await Task.await(self, task);
  // @ts-expect-error a timeout has its unit in its name
  await Task.await(self, task, { timeout: 5 });
  // @ts-expect-error milliseconds or 'brutalKill'
  await Task.shutdown(self, task, 'kill');
  // @ts-expect-error what becomes of late tasks
  await Task.yieldMany(self, [task], { onTimeout: 'kill' });
  // @ts-expect-error an outcome may be an exit
  const _value: number = outcome?.value;
  // @ts-expect-error a task is made by Task.async
  new Task();
}

export async function streams(self: Self): Promise<void> {
  const stream = Task.asyncStream(self, [1, 2], async (n) => Promise.resolve(String(n)), { ordered: false });
  for await (const outcome of stream) {
    same<typeof outcome, StreamOutcome<number, string>>(true);
    if (outcome.status === 'exit') same<typeof outcome.item, number>(true);
  }

  // @ts-expect-error items are iterable
  Task.asyncStream(self, 5, (n) => n);
  // @ts-expect-error the function takes the items
  Task.asyncStream(self, [1], (text: string) => text);
  // @ts-expect-error what a late task means
  Task.asyncStream(self, [1], (n) => n, { onTimeout: 'ignore' });
  // @ts-expect-error an option that there is not
  Task.asyncStream(self, [1], (n) => n, { concurrency: 5 });
}

export async function supervised(node: Node, self: Self): Promise<void> {
  const supervisor = await startTaskSupervisor(node, { name: 'tasks', maxChildren: 5 });
  const task = await TaskSupervisor.async(self, supervisor, () => 1, { shutdownMs: 'brutalKill' });
  same<typeof task, Task<number>>(true);
  const pid: Pid = await TaskSupervisor.startChild(self, supervisor, () => 1, { restart: 'transient' });
  await TaskSupervisor.terminateChild(self, localName<TaskSupervisor>('tasks'), pid);
  taskSpec(() => 1, { id: 'once', restart: 'transient' });
  taskSupervisorSpec({ id: 'tasks', name: 'tasks' });

  // @ts-expect-error tasks have no id
  await TaskSupervisor.startChild(self, supervisor, () => 1, { id: 'x' });
  // @ts-expect-error an awaited task is never restarted
  await TaskSupervisor.async(self, supervisor, () => 1, { restart: 'permanent' });
  // @ts-expect-error a supervisor of tasks, not its name alone
  await TaskSupervisor.async(self, 'tasks', () => 1);
  // @ts-expect-error an option that there is not
  await startTaskSupervisor(node, { strategy: 'oneForOne' });
  // @ts-expect-error a child has an id
  taskSupervisorSpec({ name: 'tasks' });

  await stopServer(self, supervisor, { reason: 'shutdown', timeoutMs: 5 });
  // @ts-expect-error a timeout has its unit in its name
  await stopServer(self, supervisor, { timeout: 5 });
  // @ts-expect-error who stops it comes first
  await stopServer(supervisor);
}
