// GET /bookings/{id}: one booking, as its owner sees it.
'use strict';

const wire = require('wire');

const answer = (status, body) => ({ statusCode: status, body: JSON.stringify(body) });

exports.handler = async (event) => {
  const { id } = event.pathParameters;
  const booking = await wire.get(process.env.BOOKINGS_TABLE, { id });
  if (!booking) return answer(404, { message: `there is no booking ${id}` });
  const { crossing, name, seats, total, status, ticket } = booking;
  return answer(200, { id, crossing, name, seats, total, status, ticket });
};
