// What somebody's script with node-zendesk does. Arguments: address, e-mail, token. One line an operation.
const {createClient} = require('node-zendesk');
const [address, username, token] = process.argv.slice(2);
const client = createClient({username, token, endpointUri: `${address}/api/v2`});
const seen = {};
const check = (what, value) => { if (!what) throw new Error(`did not hold: ${value}`); };

const operations = {
  async listing() {
    const tickets = await client.tickets.list();
    check(tickets.length > 300 && new Set(tickets.map(ticket => ticket.id)).size === tickets.length, tickets.length);
  },
  async search() {
    const found = await client.search.query('type:ticket status:open');
    const tickets = Array.isArray(found) ? found : found.result.results ?? found.result;
    check(tickets.length > 0 && tickets.every(ticket => ticket.status === 'open'), tickets.length);
    seen.id = tickets[0].id;
  },
  async read() {
    const {result} = await client.tickets.show(seen.id);
    check(result.id === seen.id, result.id);
  },
  async comment() {
    await client.tickets.update(seen.id, {ticket: {comment: {body: 'Seen from node-zendesk.', public: false}}});
    const comments = await client.tickets.getComments(seen.id);
    check(JSON.stringify(comments).includes('Seen from node-zendesk.'), 'the comment');
  },
  async tag() {
    await client.tickets.update(seen.id, {ticket: {additional_tags: ['from-node']}});
    const tagged = (await client.tickets.show(seen.id)).result.tags;
    check(tagged.includes('from-node'), tagged);
  },
  async update() {
    await client.tickets.update(seen.id, {ticket: {priority: 'urgent'}});
    const changed = (await client.tickets.show(seen.id)).result.priority;
    check(changed === 'urgent', changed);
  },
  async jobs() {
    await client.tickets.updateMany([seen.id], {ticket: {additional_tags: ['from-node-job']}});
  },
};

(async () => {
  for (const [name, run] of Object.entries(operations)) {
    try {
      await run();
      console.log(`${name}\tok`);
    } catch (error) {
      console.error(error);
      console.log(`${name}\t${String(error.message ?? error).split('\n')[0]}`);
    }
  }
})();
