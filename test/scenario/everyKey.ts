/** A scenario, without the question that opens it, that uses every key there is. */
export const EVERY_KEY = `name: full
platform: local
profile: equalised
treatments:
  - { mesh: envoy, name: plain, settings: { mtls: off, concurrency: 1, accessLog: text, version: 1.39.3 }, serviceTime: 300us, plantedCost: 20us }
  - { mesh: none, serviceTime: 1ms }
services: { topology: echo, address: pod-ip, memoryLimit: 256Mi }
load:
  protocol: http1
  arrivals: constant
  arrivalRate: [500/s, 0.5/s]
  connections: 3
  requestsPerConnection: 500
  requestBytes: 2kB
  responseBytes: 1Ki
  warmUp: 2s
  duration: 1m
  timeout: 250ms
  pilot: highest
blocks: { min: 7, max: 15, until: p99 ± 0.5ms }
budgets:
  - { metric: added-latency, percentile: p99, atMost: 10ms, for: plain, role: advisory, source: our SLO }
  - { metric: proxy-cpu, atMost: 0.25, for: envoy }
  - { metric: proxy-memory, atMost: 64Mi }
  - { metric: added-latency, percentile: p50, from: 2ms, atMost: 5ms }
  - { metric: proxy-cpu-per-1000-rps, from: 0.1, atMost: 200m }
  - { metric: fleet-cpu-reserved, pods: 50, request: 100m, from: 1, atMost: 5 }
  - { metric: fleet-cpu-used, atMost: 10 }
  - { metric: fleet-memory-reserved, request: 128Mi, atMost: 12.5Gi }
  - { metric: fleet-memory-used, pods: 1, atMost: 128Mi }
  - { metric: success-rate, atLeast: 99.95% }
  - { metric: set-up-time, atMost: 2s }
  - { metric: added-set-up-time, atMost: 500ms, for: plain }
`;
