// GET /board/{day}: what the departure board at the pier shows, cancelled crossings too.
'use strict';

const wire = require('wire');

exports.handler = async (event) => {
  const { day } = event.pathParameters;
  const crossings = await wire.query(process.env.CROSSINGS_TABLE, 'by-day', 'day', day);
  const board = crossings.map(({ departs, boat, state }) => ({ departs, boat, state }));
  return { statusCode: 200, body: JSON.stringify({ day, board }) };
};
