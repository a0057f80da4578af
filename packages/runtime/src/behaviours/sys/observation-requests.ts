import { Observation, type Statistics } from './observation';
import { endObservation, observationOf, ObservedServer, unobserved } from './observed-server';
import type { Served } from '../gen-server/served';
import type { SystemEvent } from '../../terms/system-event';
import type { ObservationRequest } from './system-request';
import { serverLine } from '../gen-server/termination-report';

/** Does what is asked about the observation of a server. */
export function handleObservationRequest(
  served: Served,
  request: ObservationRequest,
): Statistics | readonly SystemEvent[] | 'ok' | undefined {
  if (request.type === '$statistics' && request.flag === 'get')
    return observationOf(served.server)?.statistics;
  if (request.type === '$log' && request.flag === 'get')
    return observationOf(served.server)?.log?.events ?? [];
  if (request.type === '$noDebug') served.server = endObservation(served.server);
  else observe(served, request);
  return 'ok';
}

type Change = Exclude<ObservationRequest, { readonly type: '$noDebug' }>;

/** A server that is not observed any more is called without a detour again. */
function observe(served: Served, request: Change): void {
  const { process, server } = served;
  const observation =
    observationOf(server) ?? new Observation(server.self, serverLine(process, unobserved(server)));
  change(observation, request);
  if (!observation.isOn) served.server = endObservation(server);
  else if (server === unobserved(server)) served.server = new ObservedServer(server, observation);
}

function change(observation: Observation, request: Change): void {
  switch (request.type) {
    case '$statistics':
      observation.count(request.flag === true);
      return;
    case '$trace':
      observation.traces = request.flag;
      return;
    case '$log':
      if (request.flag === 'print') observation.print();
      else if (request.flag !== 'get') observation.keep(request.flag);
      return;
    case '$install':
      observation.install(request.id, request.fn, request.state);
      return;
    case '$remove':
      observation.remove(request.id);
  }
}
