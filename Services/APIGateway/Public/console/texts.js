// Every text of the console. English; another language is another file like this.

const figure = (number) => number.toLocaleString('en');
const count = (number, one, many = `${one}s`) => `${figure(number)} ${number === 1 ? one : many}`;

export const T = {
  title: 'Nephoran', skip: 'Skip to the content', write: 'Write', board: 'Board', operate: 'Operate', api: 'API', signOut: 'Sign out', keyLabel: 'API key or JWT', use: 'Sign in', keysButton: 'Shortcuts',
  curlTitle: 'The last action as a command', curlHint: 'Put your key into NEPHORAN_TOKEN: it is never shown here.', curlNone: 'What you do here is a documented API call: the last one is shown here.',
  copy: 'Copy', copied: 'Copied', copyByHand: 'Selected: now copy it', copyLink: 'Copy link', copyFromBar: 'Copy it from the address bar',
  close: 'Close', back: 'Back', reason: 'Reason (optional)', tryAgain: 'Try again', tryNow: 'Try now', show: 'Show', search: 'Search', older: 'Older', all: 'All', days: (number) => count(number, 'day'), loading: 'Loading …',

  // Signing in, connection, errors
  gateTitle: 'Sign in', gateHint: 'A key of this installation is needed. It stays in this page’s memory: closed or reloaded, the page asks again. “nephoran up” says which file holds one: .nephoran/token, if not told otherwise.',
  keyNeeded: 'A key is needed', keyRefused: 'This key is not accepted', keyExpired: 'This key is no longer accepted: it has expired or was withdrawn. What you were writing is kept.', keyAccepted: 'Signed in',
  disconnected: 'The gateway cannot be reached', disconnectedDetail: 'What you see may be old. It is asked again until it answers; no event is lost meanwhile.', connectedAgain: 'The gateway answers again',
  unreachableDetail: 'Nothing was heard back. It is safe to repeat.', brokenAnswer: 'The answer broke off', maintenance: (notice) => `Maintenance: ${notice}`,
  wentWrong: 'Something went wrong', code: (code) => `code ${code}`, retryAfter: (seconds) => `try again in ${seconds} s`, forbiddenHint: 'Sign in with a key that has this right.',

  // What needs a person
  needsYou: (number) => (number === 1 ? 'needs you' : 'need you'), waitsFor: (age) => `waits for ${age}`, showAll: (number) => `Show all ${number}`, showFewer: 'Show fewer',

  // Writing
  writeTitle: 'What should the network do?', writeHelp: 'Write it as you would say it. Nothing happens before you submit (Ctrl+Enter).',
  examplesTitle: 'Examples', examples: ['Deploy a high-availability AMF with auto-scaling in core5g', 'Scale the AMF in core5g to 5 replicas', 'Create a URLLC slice for remote surgery with latency below 5 ms', 'Remove the AMF from core5g', 'What is running in core5g?'],
  submit: 'Submit', dryRun: 'Dry run', dryRunHint: 'changes nothing', waitForMe: 'Wait for approval', namespace: 'Namespace', cluster: 'Cluster', namespaceHint: 'where the text names none', clusterHint: 'the configured one', nameRule: 'Lower-case letters, digits and -',
  explainTitle: 'What the network would do appears here as you type', explainHint: 'Choose an example or write your own.', reading: 'Reading …',
  wouldDo: 'Ready: this is what would be done.', wouldAsk: (number) => `Something is not clear: ${count(number, 'question')} would be asked.`, wouldWait: 'Ready, and it would wait for a person’s approval.', wouldConflict: 'Another intent wants something else of the same: this one would wait.', wouldAnswer: 'A question about the network: nothing would change.',
  wouldChangeNothing: 'All of this is so already: nothing would change.', wouldRefuse: 'This would be refused.',
  questions: 'Questions', questionsHint: 'Say it in the sentence, or answer here and submit both at once.', submitAnswered: 'Submit with these answers', somethingElse: 'Something else', answerHere: 'Your answer', answerMissing: (question) => `Please answer: ${question}`, answerNow: 'Answer',

  // Interpretation
  intent: 'Intent', understood: 'Understood', verb: 'Action', object: 'Object', targets: 'Targets', where: 'Where and when', confidence: 'Confidence', refused: 'Refused.',
  pointAtMarks: 'Point at an underlined word, or tab to it, to see what it became.', saidHere: 'the text says so',
  roles: { action: 'action', object: 'object', target: 'target', place: 'circumstance' },
  actions: { deploy: 'brings something new into being', scale: 'changes how much runs', configure: 'sets what is there', optimize: 'holds an objective', remove: 'takes something away', migrate: 'moves what is there', restart: 'starts it anew', rollback: 'returns to an earlier revision', report: 'asks, and changes nothing' },
  members: { from: 'from', use: 'for', qualities: 'quality', depends: 'together with', window: 'when' },
  verbs: { deploy: 'deploy', scale: 'scale', configure: 'configure', optimize: 'optimise', remove: 'remove', migrate: 'migrate', restart: 'restart', rollback: 'roll back', report: 'report' },
  kinds: { NetworkFunction: 'network function', NetworkSlice: 'network slice', CoreNetwork: 'core network', RadioNetwork: 'radio network', E2Node: 'E2 node', Application: 'application', Policy: 'policy', Infrastructure: 'infrastructure' },
  conditions: { equals: '=', atLeast: '≥', atMost: '≤', lessThan: '<', greaterThan: '>', increaseBy: 'increase by', decreaseBy: 'decrease by', multiplyBy: '×', between: 'between' },
  refusals: { empty: 'There is nothing to act on', out_of_scope: 'This is not about the network', prompt_injection: 'The text tries to steer the interpreter', unsafe: 'This would be unsafe' },
  provenance: 'How it was read', readBy: 'Read by', embedded: 'the embedded interpreter', model: 'Model', promptVersion: 'Vocabulary or prompt', language: 'Language', tokens: 'Tokens', cost: 'Cost', passages: 'Knowledge shown to the model:', noPassages: 'No knowledge was retrieved for it.',

  // Plan and manifests
  plan: 'Plan', nothingChanges: 'Nothing would change.', figuresOf: (name) => `Figures of ${name}`, figure: 'Figure', value: 'Value', from: 'From', why: 'Why', policy: 'policy', onRIC: (name) => `on ${name}`, policyDocument: 'Policy document',
  sources: { text: 'the text', request: 'the request', default: 'a default', derived: 'derived', current: 'as it is' }, changes: { create: 'create', update: 'change', delete: 'remove', none: 'no change', put: 'set', skip: 'skipped' },
  takes: (it) => `${it.replicas} × ${it.cpu} cores, ${it.memory} MiB${it.storage ? `, ${it.storage} GiB` : ''} · about ${it.monthlyCost} USD a month`, window: (it) => `Carried out ${it.start ? `from ${it.start}` : 'at once'}${it.end ? ` until ${it.end}` : ''}.`,
  needsApproval: 'A person must approve this:', conflicts: 'Conflicts', conflictKinds: { TARGET_CONFLICT: 'same target', EXPECTATION_CONFLICT: 'contradiction' }, theOther: 'Show the other intent', answer: 'Answer',
  manifests: 'Manifests', againstPublished: 'beside what is published now', againstBefore: 'beside the revision before', noManifests: 'There are no manifests in this phase.', filesNew: (number) => `${count(number, 'file')}, all new`, filesGone: (number) => `${count(number, 'file')}, all removed`, filesChanged: (all, changed) => `${count(all, 'file')}, ${changed} changed`,
  fileStates: { new: 'new', gone: 'removed', same: 'unchanged', changed: 'changed' }, unchangedLines: (number) => `… ${count(number, 'unchanged line')} …`,

  // The page of an intent
  timeline: 'Timeline', byWhom: (who) => `by ${who}`, took: (time) => `took ${time}`, underWay: 'under way', published: 'Published', package: 'Package', change: 'Change', revision: 'Revision', commit: 'Commit', repository: 'Repository', appliedPolicies: 'Policies', type: 'Type', ric: 'RIC', enforcement: 'Enforcement',
  verification: 'Verification', verified: { observed: 'Observed in the network', notObserved: 'Read back from the repository; the network was not observed', notNeeded: 'Nothing to verify', degraded: 'In effect, on an element that is in trouble' }, tracks: 'Tracks', trackNames: { delivery: 'packages', ran: 'RAN policies', infrastructure: 'infrastructure' },
  trackStates: { pending: 'pending', succeeded: 'succeeded', failed: 'failed', partial: 'partly failed', conflicted: 'planned again', skipped: 'skipped', compensating: 'being undone', compensated: 'undone', uncompensated: 'could not be undone' },
  outcomes: { nothing: 'All of this was so already: nothing changed.', refused: 'Nothing was done.', cancelled: 'It has ended. What had taken effect is undone.', published: 'Done: it is in the repository; what applies the repository to the cluster carries it out there.', fulfilled: 'Done, and seen in the network.', rolled_back: 'What it did is undone.', superseded: 'A later intent took its place.' }, seeInventory: 'See it in the inventory', writeAnother: 'Write another',
  rawRecord: 'Raw record', approvedBy: (who, why) => `Approved by ${who}${why ? `: “${why}”` : ''}`, waits: (what) => `It waits ${what}.`, toBoard: 'To the board',
  decisions: { approve: 'Approve', reject: 'Reject', cancel: 'Cancel it', rollback: 'Roll back', retry: 'Try again' },
  confirm: { approve: 'Approve this plan?', reject: 'Reject this plan? The intent ends.', cancel: 'Cancel this intent? What took effect is undone.', rollback: 'Undo what this intent did?', retry: 'Try this intent again?' },
  decided: { approve: 'Approved', reject: 'Rejected', cancel: 'Cancelled', rollback: 'Rolling back', retry: 'Tried again', clarify: 'Answered' },
  phases: { received: 'received', interpreting: 'interpreting', awaiting_clarification: 'needs an answer', planning: 'planning', awaiting_approval: 'needs approval', rendering: 'rendering', executing: 'executing', verifying: 'verifying', fulfilled: 'fulfilled', published: 'published', refused: 'refused', failed: 'failed', cancelled: 'cancelled', superseded: 'superseded', rolled_back: 'rolled back' },

  // The board
  stages: { understand: 'Understanding', question: 'Needs an answer', plan: 'Planning', approve: 'Needs approval', carry: 'Carrying out', verify: 'Verifying', done: 'Done', ended: 'Ended otherwise', failed: 'Failed' },
  priorities: { low: 'low', medium: 'medium', high: 'high', critical: 'critical' }, priority: 'Priority', allPriorities: 'All priorities', stage: 'Stage', way: 'On its way', by: 'By', ageHead: 'Age', phase: 'Phase',
  searchBoard: 'Search intents', live: '● live', polled: '● asked every few seconds: this key may not follow all intents', notLive: '○ not live', shown: (number) => `${count(number, 'entry', 'entries')} shown`,
  noIntents: 'No intents yet', noIntentsHint: 'What is submitted is followed here, live.', writeFirst: 'Write an intent', noneMatch: 'Nothing matches', noneMatchHint: 'There are intents, but none fits the filters.', clearFilters: 'Clear the filters', newest: (number) => `The newest ${figure(number)} are shown.`,
  searchEnded: (words) => `Search all that has ended for “${words}”`, endedWith: (words) => `Ended intents with “${words}”`, nothingFound: 'Nothing found',
  select: (text) => `Select ${text}`, selectAll: 'Select all that are shown', bulk: 'Selected intents', selected: (number) => `${figure(number)} selected`, clearSelection: 'Clear', bulkAction: (name, number) => `${name} (${figure(number)})`, bulkConfirm: (name, number) => `${name}: ${count(number, 'intent')}?`, andMore: (number) => `and ${figure(number)} more`,
  bulkProgress: (done, all) => `${done} of ${all} …`, bulkDone: (name, done, failed) => `${name}: ${done} done${failed ? `, ${failed} not` : ''}.`,

  // Operating
  pages: { services: 'Services', queues: 'Queues', charts: 'Charts', inventory: 'Inventory', knowledge: 'Knowledge', audit: 'Audit trail', rollout: 'Rollout' },
  service: 'Service', state: 'State', version_: 'Version', colour: 'Colour', role: 'Role', idle: 'Idle', upSince: 'Up for', latency: 'Latency', breakerToIt: 'Breaker to it', itsBreakers: 'Its breakers', dependenciesHead: 'Dependencies', dependencies: (up, all) => `${up} of ${all} up`, down: 'down', silent: 'silent', noBreakers: 'none', closedBreakers: (number) => `${number} closed`,
  health: { ok: 'healthy', degraded: 'degraded', unavailable: 'unavailable' }, breakers: { closed: 'closed', open: 'open', halfOpen: 'half open' },
  queue: 'Queue', depth: 'Waiting', oldest: 'Oldest', throughput: 'Throughput', perSecond: (value) => `${value} / s`, delayed: 'Retried later', deadLetters: 'Dead letters', showDead: (number) => `Show ${number}`,
  queueNames: { interpret: 'Interpret', plan: 'Plan', publish: 'Publish', policy: 'RAN policies', verify: 'Verify', notify: 'Callbacks', archive: 'Archive' },
  deadLettersOf: (name) => `Dead letters: ${name}`, noDeadLetters: 'No dead letters', redrive: 'Try again', redriveAll: 'Try all again', redriveChosen: (number) => `Try ${number || 'the'} chosen again`, redriveDetail: 'Their intents go on where they were given up.', purge: 'Remove for good', purgeAll: 'Remove all', purgeDetail: 'What is removed cannot be tried again.',
  redriven: (it) => `${it.redriven} tried again, ${it.removed} had nothing to go on with, ${it.kept} kept.`, purged: (number) => `${number} removed.`, error: 'Error', track: 'Track', attempts: 'Attempts', rawMessage: 'Message', chosen: 'Chosen',
  sampled: (seconds) => `Measured by the services, read every ${seconds} s while this page is open.`, sampling: 'The first figures need two readings …', silentServices: (names) => `Not read: ${names}. Figures are of the others.`, noSamples: 'Nothing to show in this time.', noValue: 'no value', values: 'Values', time: 'Time', sinceTime: (time) => `since ${time}`, upTo: (value) => `scale to ${value}`,
  ended: 'ended', failedOnes: 'failed', charts: {
    rate: ['Intents a minute', 'that came to an end'], published: ['From intent to published', 'dashed: the promised 2 s for 95 of 100'], accepted: ['Submission answered', 'at the gateway'],
    cache: ['Cache hits', 'of the knowledge search; dashed: alert below 70 %'], cost: ['Cost of models', 'since the services started'], budget: ['Error budget', '99.95 % shall not fail; since the services started'],
  }, left: 'left',
  instance: 'Instance', function: 'Function', replicas: 'Replicas', observed: 'State', observedAs: { notObserved: 'not observed' }, since: 'Since', filterInventory: 'Filter by instance, function, place', nothingRuns: 'Nothing is published yet', nothingRunsHint: 'What intents deploy appears here, with its revision and its intent.', openPackage: 'Files',
  files: 'Files', history: 'History', what: 'What', person: 'by hand', searchKnowledge: 'Search the knowledge base', knowledgeTitle: 'What the interpreter’s models are shown', knowledgeHint: 'Search for a function, a standard, a procedure: “AMF sizing”, “URLLC slice”.', foundPassages: (number, mode) => `${count(number, 'passage')}${mode ? `, ${mode} search` : ''}`, wholePassage: 'Whole passage', score: (value) => `score ${value}`, otherWords: 'Try other words.',
  peopleOnly: 'Only what keys and people did', nothingHappened: 'Nothing has happened yet',

  rolloutStates: { starting: 'starting', analysing: 'being judged', canary: 'does a share of the work', rolling: 'services are being replaced', waiting: 'waits for a person', promoting: 'being promoted', watching: 'promoted and watched', done: 'done', rollingBack: 'being taken back', rolledBack: 'taken back', aborted: 'given up' },
  active: 'Active', preview: 'Preview', everybody: 'everybody: there are no colours', partitions: 'Partitions', epoch: 'Epoch', rolesTitle: 'Who rules the ledger', lastRollout: 'Last rollout', noRollout: 'No rollout yet', noRolloutHint: '“nephoran rollout start --binaries DIRECTORY” begins one on a host.', executables: 'Executables', begun: 'Begun', lastChange: 'Last change', measurements: 'Measurements', measuredOf: 'Of', requests: 'Requests', succeeded: 'Succeeded', fault: 'Fault',
  promote: 'Promote', abort: 'Take back', promoteRun: 'Make the new version active?', promoteDetail: (run) => `${run.to} takes over from ${run.from}. It is watched then, and taken back when it goes wrong.`, abortRun: 'Take the new version back?', abortDetail: (run) => `${run.from} stays, or becomes again, what is active.`, promoteColour: (colour) => `Make ${colour} active?`, colourDetail: 'Only roles in the ledger change: whoever deploys moves the traffic.', abortColour: (colour) => `End the preview of ${colour}?`, wished: (wish) => `${wish.by} has asked for it: ${wish.verb === 'promote' ? 'promote' : 'take back'}. It is taken up in a moment.`, rolloutDone: 'Done',

  // Keyboard
  keysTitle: 'Keyboard shortcuts', keysOn: 'Single-letter keys are on', keys: [['w', 'Write'], ['b', 'Board'], ['o', 'Operate'], ['n', 'First that needs you'], ['/', 'To the search, or the field'], ['c', 'Last action as a command'], ['?', 'This list'], ['↑ ↓', 'On the board: move; Enter opens, Space selects'], ['Ctrl Enter', 'Submit']],
};
