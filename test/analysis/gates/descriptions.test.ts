import { expect, test } from 'vitest';
import { GATES } from '../../../src/analysis/gates/index.ts';

test('the gates are told in this order, with these words', () => {
  expect(GATES.map(({ judge: _, ...told }) => told)).toEqual([
    {
      id: 'rate-achieved',
      question: 'Was the arrival rate held?',
      threshold: 'at least 99.9 % of the scheduled requests sent, and the achieved rate within 1 % of the offered one',
      reason:
        'A response time belongs to the rate it was measured at: near saturation one per cent of load can move the tail by more than a proxy does.',
      remedy: 'Lower the arrival rate, or give driver and system more cores.',
      kind: 'load',
      required: true,
    },
    {
      id: 'unsent',
      question: 'Was every scheduled request sent?',
      threshold: 'no unsent request in the window',
      reason:
        'A request that is left out is one that would have waited: leaving it out hides exactly the slow ones (coordinated omission).',
      remedy: 'Raise the number of connections, lower the arrival rate, or lengthen the timeout.',
      kind: 'load',
      required: true,
    },
    {
      id: 'free-connection',
      question: 'Was a connection free when a request fell due?',
      threshold: 'at most 5 % of the requests waited over 1 ms for a free connection',
      reason:
        'Response time counts from the intended start, so that the wait is in it, and with another number of connections it would be another one. Where more falls due than is answered, it grows for as long as the trial lasts.',
      remedy:
        'Raise the number of connections; where that does not help, the system does not hold this rate: lower it.',
      kind: 'load',
      required: false,
    },
    {
      id: 'errors',
      question: 'Were the requests answered?',
      threshold: 'at most 0.1 % of the sent requests failed',
      reason:
        'Failures are often faster than answers and have no response time to compare; more of them than the p99.9 tail holds could decide a percentile.',
      remedy: "Look at the trial's first failures by class; a proxy that is still starting needs a longer warm-up.",
      kind: 'load',
      required: true,
    },
    {
      id: 'payload',
      question: 'Did every response carry the asked body?',
      threshold: 'no response of the wrong size, and the body bytes are responses times the asked size',
      reason:
        'A short answer, such as an error page with status 200, is a different and usually a cheaper request than the one that was asked about.',
      remedy: 'Check what answers on the path: the service answers /bytes/N with N bytes.',
      kind: 'load',
      required: false,
    },
    {
      id: 'lateness',
      question: 'Did the driver send on time?',
      threshold:
        'at most 5 % of the requests sent over 1 ms after they were due and a connection was free, and half of them within 100 µs; by k6 over 2 ms, and within 1 ms',
      reason:
        "Response time counts from the intended start, so the driver's own lateness is in it. A paced driver alone on a core sends half of its requests within some 50 µs; a host that takes 1 to 2 % of the time makes up to 5 % late in bursts, which interval and noise floor cover. More is the driver's own doing. k6 wakes up by a clock of 1 ms, so that its requests are evenly 0 to 1 ms late on an idle core, alike with and without a mesh.",
      remedy: "Keep the driver's core free of other work, or lower the arrival rate.",
      kind: 'machine',
      required: true,
    },
    {
      threshold:
        "at most 5 % of the window lost and no stall of 100 ms or more; and at most 4 times the median of the block's trials plus 1 %",
      reason:
        'A virtual machine whose host is shared loses 1 to 2 % of each core by itself, with stalls of up to some 25 ms: that is noise, which the interval over blocks covers. Several per cent, or one stall of 100 ms as when a host throttles, no comparison can carry; and a trial that lost far more than its neighbours was measured on another machine than they.',
      kind: 'machine',
      required: false,
      id: 'stalls-generator',
      question: "Was the driver's core left to the driver?",
      remedy: 'Stop other work on this machine, or use one whose cores are not shared.',
    },
    {
      threshold:
        "at most 5 % of the window lost and no stall of 100 ms or more; and at most 4 times the median of the block's trials plus 1 %",
      reason:
        'A virtual machine whose host is shared loses 1 to 2 % of each core by itself, with stalls of up to some 25 ms: that is noise, which the interval over blocks covers. Several per cent, or one stall of 100 ms as when a host throttles, no comparison can carry; and a trial that lost far more than its neighbours was measured on another machine than they.',
      kind: 'machine',
      required: false,
      id: 'stalls-system',
      question: 'Were the cores under test left to the system under test?',
      remedy: 'Stop other work on this machine, or use one whose cores are not shared.',
    },
    {
      id: 'steal',
      question: 'Did the host leave the machine its time?',
      threshold: "at most 5 % of one core's time stolen, by the kernel's own count over all cores",
      reason:
        'As much as the stall gates allow. The count is in steps of 10 ms (proc_stat(5)) and a host need not tell, so that a pass here says less than a pass of the stall gates, while a failure says the same.',
      remedy: 'Use a machine whose cores are not shared, or run when its neighbours are quiet.',
      kind: 'machine',
      required: false,
    },
    {
      id: 'throttling',
      question: 'Was a proxy, the service or the driver held back by a CPU limit?',
      threshold: 'each of them throttled in at most 1 % of the periods of its CPU limits',
      reason:
        "Who has used up a quota stands still for the rest of the limit's period of 100 ms (kernel, sched-bwc), and every request in it waits as long: that is the limit's latency, not the mesh's. 1 % of the periods reaches p99.",
      remedy:
        'Raise or remove the CPU limit of the proxies, or of the container that the whole run is in, or lower the arrival rate.',
      kind: 'machine',
      required: false,
    },
    {
      id: 'restarts',
      question: 'Did every proxy, agent and container run through?',
      threshold: 'none ended or was started again during the trial',
      reason:
        'A proxy that starts anew has lost its connections, its warm caches and its counters: what was measured is partly its start, and its memory and CPU are those of two processes.',
      remedy:
        'Look at the reason: OOMKilled asks for a higher memory limit; a failed probe for more CPU or a lower arrival rate.',
      kind: 'machine',
      required: false,
    },
    {
      id: 'service-pause',
      question: 'Did the service keep answering?',
      threshold: "the service's loop never stood still for 100 ms or more, its asked service time left out",
      reason:
        'The service tells its own pauses, so that a slow proxy, whose delays are the result, is never taken for one. A shared host takes up to some 25 ms, a garbage collection of this small service less; 100 ms, as for the stall gates, is a stopped, throttled or swapped-out service, and it would stand in the tail as if the mesh had made it.',
      remedy:
        'Find what stops the service: a debugger, a memory limit that makes it swap, a CPU limit, a frozen machine.',
      kind: 'machine',
      required: false,
    },
    {
      id: 'attempts',
      question: 'Did each request reach the service once?',
      threshold: 'requests counted by the service = requests sent, over the whole trial, each on its first attempt',
      reason:
        'A proxy that retries hides failures behind longer response times and loads the service more than the driver did; a request that something else answered was never measured.',
      remedy: 'Switch retries off, and check that nothing else calls the service or answers for it.',
      kind: 'proof',
      required: true,
    },
    {
      id: 'peer-identity',
      question: 'Did each request come from the peer that the treatment says?',
      threshold:
        "every request at the service carries exactly the expected identity of the client's proxy; without mutual TLS, none carries one",
      reason:
        'The server proxy writes the identity from the certificate it has verified, so one request without it went another way; its response time is that of another treatment.',
      remedy: 'Check that the traffic is led through both proxies and that their certificates are those of this run.',
      kind: 'proof',
      required: true,
    },
    {
      id: 'proxy-counters',
      question: 'Did each request go through each proxy?',
      threshold: "each proxy's request counter grew by exactly the requests sent; without a mesh, there is no proxy",
      reason:
        'Traffic that bypasses a proxy is the most common way to measure a mesh that is not there, and it always flatters the mesh.',
      remedy: 'Check the redirection into the proxies, and that nothing but this trial uses them.',
      kind: 'proof',
      required: true,
    },
    {
      id: 'server-share',
      question: 'Did each server get the share of requests that it gets under the other treatments?',
      threshold: "each server's share within 20 points of the median of the block's other trials",
      reason:
        'A mesh balances requests where plain Kubernetes balances connections: with few connections one server may get most of them, and then its load is compared, not the mesh. Of 16 connections on 2 servers chance alone moves the share by up to 20 points in 9 of 10 trials (binomial).',
      remedy: 'Raise the number of connections, or use one server.',
      kind: 'load',
      required: false,
    },
    {
      id: 'handshakes',
      question: 'Was there mutual TLS between the proxies where the treatment says so?',
      threshold: 'handshakes since the proxies started: over 0 under mutual TLS, none without',
      reason:
        'Encryption is a part of the cost that is to be measured. Connections may be older than the trial, hence the count since the proxies started.',
      remedy: "Look at the proxies' TLS settings in the deployment's effective configuration.",
      kind: 'proof',
      required: true,
    },
    {
      id: 'plaintext',
      question: 'Is a request without TLS treated as the treatment says?',
      threshold:
        'under strict mutual TLS a plaintext request is refused and never reaches the service; else it is answered',
      reason:
        'Only a refused plaintext request shows that mutual TLS is enforced; handshakes alone show that some connections used it.',
      remedy: "Check the server proxy's mutual TLS mode: permissive modes answer plaintext.",
      kind: 'proof',
      required: true,
    },
    {
      id: 'concurrency',
      question: 'Do the proxies run as many workers as asked?',
      threshold: 'effective worker threads = asked for each proxy; without a mesh, there is no proxy',
      reason:
        'Workers decide both how much CPU a proxy can use and how much memory it holds; meshes and platforms change the number by themselves.',
      remedy: "Set the concurrency that the mesh's own default or limit allows.",
      kind: 'proof',
      required: true,
    },
    {
      id: 'workers',
      question: "Did the proxies' workers share the connections?",
      threshold: 'no worker has so few or so many that chance would bring it about in less than 1 of 10,000 trials',
      reason:
        'The kernel deals connections out to the workers at random, and each stays where it is (3,000 batches of 16 on two sockets with SO_REUSEPORT followed the binomial distribution): 1 of 16 on one of two workers is chance, none of 16 is not, and a proxy whose second worker has nothing to do is one with half the capacity. With few connections little can be told, and this gate then passes.',
      remedy: 'Use more connections than workers, and look at what opens them: a proxy in front may reuse one for all.',
      kind: 'load',
      required: false,
    },
    {
      id: 'configuration',
      question: "Is the proxies' effective configuration the one that was asked for?",
      threshold:
        'no difference in what costs something: listeners, filters, access logs, tracing, TLS, routes, retries, clusters and their limits',
      reason:
        'Access log, tracing and filters cost more than most of what a mesh does by itself, and a proxy can get them from a default or from its control plane without being asked; the running proxy tells what it has.',
      remedy: "Look at the named place in the proxy's /config_dump, and at what starts it.",
      kind: 'proof',
      required: false,
    },
  ]);
});
