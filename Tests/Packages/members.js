// Runs the script that makes replicas of the database members of one set, as the golden package has it, against a model of mongod that
// refuses what mongod refuses. Exits with 1 when the set is not what it should be.
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');

const golden = fs.readFileSync(path.join(__dirname, '../ManifestGeneratorTests/Golden/catalogue/database.yaml'), 'utf8');
const block = golden.slice(golden.indexOf('  members.js: |\n')).split('\n').slice(1);
const end = block.findIndex((line) => line !== '' && !line.startsWith('    '));
const script = new vm.Script(block.slice(0, end).map((line) => line.slice(4)).join('\n'), { filename: 'members.js' });

class Refused extends Error {}
class Ended extends Error {}

// Pods of a StatefulSet `database` in `core5g`, each with a mongod that is a member of the set, or not yet.
class Cluster {
  constructor(wanted, pods) {
    this.wanted = wanted;
    this.configuration = undefined;
    this.primary = undefined;
    this.pods = new Map();
    this.served = new Set();
    this.begun = 0;
    for (const pod of pods) this.start(pod);
  }

  start(number, isMember = false) { this.pods.set(`database-${number}`, { isMember }); }
  stop(number) { this.pods.delete(`database-${number}`); }
  static pod(host) {
    assert.match(host, /^database-\d+\.database\.core5g\.svc:27017$/);
    return host.split('.')[0];
  }

  get members() { return this.configuration?.members.map((member) => Number(Cluster.pod(member.host).split('-')[1])); }

  // What the script beside a pod does in so many looks.
  look(number, times = 1) {
    const pod = `database-${number}`;
    const admin = { adminCommand: (command) => this.answer(pod, command) };
    let left = times;
    const context = {
      process: { env: { SET: 'database', POD_NAME: pod, POD_NAMESPACE: 'core5g' } },
      require: (name) => {
        assert.equal(name, 'fs');
        return {
          readFileSync: (file) => { assert.equal(file, '/etc/members/members'); return `${this.wanted}\n`; },
          writeFileSync: (file) => { if (file === '/tmp/members.serves') this.served.add(number); },
        };
      },
      connect: (uri) => { assert.match(uri, /^mongodb:\/\/127\.0\.0\.1\/admin\?directConnection=true&/); return admin; },
      print: () => {},
      sleep: () => { left -= 1; if (left === 0) throw new Ended(); },
    };
    try { script.runInNewContext(context); } catch (error) { if (!(error instanceof Ended)) throw error; }
  }

  answer(pod, command) {
    const own = this.pods.get(pod);
    if (!own) throw new Refused('mongod is not there');
    switch (Object.keys(command)[0]) {
      case 'hello':
        return own.isMember ? { setName: 'database', isWritablePrimary: this.primary === pod, secondary: this.primary !== pod } : { isreplicaset: true };
      case 'replSetInitiate': {
        assert.equal(command.replSetInitiate._id, 'database');
        const { members } = command.replSetInitiate;
        for (const member of members) {
          const other = this.pods.get(Cluster.pod(member.host));
          if (!other) throw new Refused(`${member.host} does not answer`);
          if (other.isMember) throw new Refused(`${member.host} is a member already`);
        }
        this.begun += 1;
        this.configuration = { _id: 'database', version: 1, members };
        for (const member of members) this.pods.get(Cluster.pod(member.host)).isMember = true;
        this.primary = pod;
        return { ok: 1 };
      }
      case 'replSetGetConfig': return { config: structuredClone(this.configuration) };
      case 'replSetGetStatus':
        return { members: this.configuration.members.map((member) => ({ name: member.host, health: this.pods.has(Cluster.pod(member.host)) ? 1 : 0 })) };
      case 'replSetReconfig': {
        const next = command.replSetReconfig;
        if (this.primary !== pod) throw new Refused('only a primary does that');
        if (next.version !== this.configuration.version + 1) throw new Refused('another version');
        const [before, after] = [this.configuration, next].map((one) => new Set(one.members.map((member) => member.host)));
        if (before.symmetricDifference ? before.symmetricDifference(after).size > 1 : Math.abs(before.size - after.size) > 1) throw new Refused('one at a time');
        if (new Set(next.members.map((member) => member._id)).size !== next.members.length) throw new Refused('an id twice');
        this.configuration = structuredClone(next);
        for (const member of next.members) { const other = this.pods.get(Cluster.pod(member.host)); if (other) other.isMember = true; }
        return { ok: 1 };
      }
      default: throw new assert.AssertionError({ message: `not expected: ${JSON.stringify(command)}` });
    }
  }
}

const cases = {
  'a set is begun by the first pod, once, when all of them answer'() {
    const cluster = new Cluster(3, [0, 1]);
    for (const pod of [1, 0]) cluster.look(pod, 3);
    assert.equal(cluster.members, undefined);
    cluster.start(2);
    cluster.look(2, 3);
    assert.equal(cluster.members, undefined);
    for (const pod of [0, 1, 2, 0]) cluster.look(pod, 3);
    assert.deepEqual(cluster.members, [0, 1, 2]);
    assert.equal(cluster.begun, 1);
    assert.equal(cluster.configuration.version, 1);
    assert.deepEqual([...cluster.served].sort(), [0, 1, 2]);
  },
  'one member is a set, too'() {
    const cluster = new Cluster(1, [0]);
    cluster.look(0, 2);
    assert.deepEqual(cluster.members, [0]);
  },
  'a first pod that lost its volume begins no second set'() {
    const cluster = new Cluster(3, [0, 1, 2]);
    cluster.look(0);
    cluster.primary = 'database-1';
    cluster.start(0);
    cluster.look(0, 5);
    cluster.stop(2);
    cluster.look(0, 5);
    assert.equal(cluster.begun, 1);
  },
  'more are added by the primary, whichever it is, one at a time'() {
    const cluster = new Cluster(1, [0]);
    cluster.look(0, 2);
    cluster.wanted = 3;
    for (const pod of [1, 2]) cluster.start(pod);
    cluster.look(0, 1);
    assert.deepEqual(cluster.members, [0, 1]);
    cluster.primary = 'database-1';
    cluster.look(0, 3);
    assert.deepEqual(cluster.members, [0, 1]);
    cluster.look(1, 3);
    assert.deepEqual(cluster.members, [0, 1, 2]);
    assert.equal(cluster.configuration.version, 3);
  },
  'fewer are taken out once they are gone, and one that is only away stays'() {
    const cluster = new Cluster(5, [0, 1, 2, 3, 4]);
    cluster.look(0);
    cluster.wanted = 3;
    cluster.look(0, 3);
    assert.deepEqual(cluster.members, [0, 1, 2, 3, 4]);
    for (const pod of [2, 3, 4]) cluster.stop(pod);
    cluster.look(0, 5);
    assert.deepEqual(cluster.members, [0, 1, 2]);
  },
};

let failed = 0;
for (const [name, run] of Object.entries(cases)) {
  try { run(); } catch (error) { failed += 1; console.error(`members.js: ${name}: ${error.stack}`); }
}
console.log(`members.js: ${Object.keys(cases).length} cases, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
