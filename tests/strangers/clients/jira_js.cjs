// What somebody's script with jira.js does. Arguments: address, e-mail, token. One line an operation.
const {Version3Client, ServiceDeskClient} = require('jira.js');
const [host, email, apiToken] = process.argv.slice(2);
const settings = {host, authentication: {basic: {email, apiToken}}};
const client = new Version3Client(settings);
const desks = new ServiceDeskClient(settings);
const seen = {};
const check = (what, value) => { if (!what) throw new Error(`did not hold: ${value}`); };
const search = query => client.issueSearch.searchForIssuesUsingJqlEnhancedSearch(query);

const operations = {
  async listing() {
    const keys = [];
    let nextPageToken;
    do {
      const page = await search({jql: 'created >= "2000-01-01" ORDER BY key', maxResults: 100, nextPageToken});
      keys.push(...page.issues.map(issue => issue.id));
      nextPageToken = page.nextPageToken;
    } while (nextPageToken);
    check(keys.length > 300 && new Set(keys).size === keys.length, keys.length);
  },
  async search() {
    const page = await search({jql: 'project = SUP AND statusCategory != Done', fields: ['summary', 'status'], maxResults: 5});
    check(page.issues.length === 5, page.issues.length);
    seen.key = page.issues[0].key;
  },
  async read() {
    const issue = await client.issues.getIssue({issueIdOrKey: seen.key, expand: 'changelog'});
    check(issue.key === seen.key && issue.changelog, issue.key);
  },
  async comment() {
    const text = {type: 'doc', version: 1, content: [{type: 'paragraph', content: [{type: 'text', text: 'Seen from jira.js.'}]}]};
    await client.issueComments.addComment({issueIdOrKey: seen.key, comment: text, body: text});
    const comments = await client.issueComments.getComments({issueIdOrKey: seen.key, maxResults: 100});
    check(JSON.stringify(comments).includes('Seen from jira.js.'), 'the comment');
  },
  async tag() {
    await client.issues.editIssue({issueIdOrKey: seen.key, update: {labels: [{add: 'from-js'}]}});
    const {fields} = await client.issues.getIssue({issueIdOrKey: seen.key, fields: ['labels']});
    check(fields.labels.includes('from-js'), fields.labels);
  },
  async update() {
    await client.issues.editIssue({issueIdOrKey: seen.key, fields: {summary: 'From jira.js'}});
    const {fields} = await client.issues.getIssue({issueIdOrKey: seen.key, fields: ['summary']});
    check(fields.summary === 'From jira.js', fields.summary);
  },
  async transition() {
    const {transitions} = await client.issues.getTransitions({issueIdOrKey: seen.key});
    const {id, name} = transitions[0];
    await client.issues.doTransition({issueIdOrKey: seen.key, transition: {id}});
    check(name, name);
  },
  async desks() {
    const found = await desks.serviceDesk.getServiceDesks();
    check(found.values.length === 2, found.values.length);
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
