// Lambda authorizer (TOKEN): whoever shows the badge of a skipper may read passenger lists until it runs out.
'use strict';

const wire = require('wire');

exports.handler = async (event) => {
  const badge = event.authorizationToken.replace(/^Bearer /, '');
  const found = badge && (await wire.get(process.env.BADGES_TABLE, { badge }));
  const valid = Boolean(found) && found.expires > Date.now() / 1000;
  // The answer is kept and used for other requests with the same badge: it has to hold for all of them.
  const [api, stage] = event.methodArn.split('/');
  const Statement = [
    { Action: 'execute-api:Invoke', Effect: valid ? 'Allow' : 'Deny', Resource: `${api}/${stage}/GET/crossings/*` },
  ];
  const skipper = valid ? found.skipper : 'nobody';
  console.log(JSON.stringify({ event: 'badge', skipper, valid }));
  return { principalId: skipper, policyDocument: { Version: '2012-10-17', Statement }, context: { skipper } };
};
