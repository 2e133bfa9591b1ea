'use strict';

const wire = require('wire');

exports.handler = async (event) => {
  const { day } = event.pathParameters;
  const crossings = await wire.query(process.env.CROSSINGS_TABLE, 'by-day', 'day', day);
  const board = crossings.map(({ departs, boat, state }) => ({ departs, boat, state }));
  const asks = (event.headers || {}).Origin || (event.headers || {}).origin;
  const headers = asks === process.env.DISPLAY ? { 'Access-Control-Allow-Origin': asks } : {};
  return { statusCode: 200, headers: { ...headers, Vary: 'Origin' }, body: JSON.stringify({ day, board }) };
};
