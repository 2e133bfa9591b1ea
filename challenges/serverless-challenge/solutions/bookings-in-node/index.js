'use strict';

const { randomBytes } = require('node:crypto');
const wire = require('wire');

const { CROSSINGS_TABLE, BOOKINGS_TABLE, TICKETS_QUEUE } = process.env;
const answer = (statusCode, body) => ({ statusCode, body: JSON.stringify(body) });

function problem(wish) {
  if (typeof wish !== 'object' || wish === null) return 'the body is not a JSON object';
  const missing = ['crossing', 'name', 'email'].find((field) => typeof wish[field] !== 'string' || !wish[field]);
  if (missing) return `${missing} is missing`;
  const fits = Number.isInteger(wish.seats) && wish.seats >= 1 && wish.seats <= 12;
  return fits ? null : 'seats must be a whole number up to 12';
}

exports.handler = async (event) => {
  let wish;
  try {
    wish = JSON.parse(event.body || '');
  } catch {
    return answer(400, { message: 'this is not JSON' });
  }
  const wrong = problem(wish);
  if (wrong) return answer(400, { message: wrong });
  const { crossing, name, email, seats } = wish;
  let sailing;
  try {
    sailing = await wire.update(
      CROSSINGS_TABLE,
      { id: crossing },
      'SET seats_left = seats_left - :seats',
      'seats_left >= :seats AND #state = :sails',
      { ':seats': seats, ':sails': 'sails' },
      { '#state': 'state' },
    );
  } catch (error) {
    if (error.code !== 'ConditionalCheckFailedException') throw error;
    const there = await wire.get(CROSSINGS_TABLE, { id: crossing });
    if (!there) return answer(404, { message: `no crossing has the number ${crossing}` });
    const why = there.state === 'sails' ? `has only ${there.seats_left} seats left` : 'was cancelled';
    return answer(409, { message: `${crossing} ${why}` });
  }
  const booking = { id: `b-${randomBytes(8).toString('hex')}`, crossing, seats, total: seats * sailing.fare, status: 'booked' };
  const kept = { ...booking, name, email, booked: new Date().toISOString() };
  const Item = Object.fromEntries(
    Object.entries(kept).map(([field, value]) => [field, typeof value === 'number' ? { N: String(value) } : { S: value }]),
  );
  await wire.call('dynamodb', 'DynamoDB_20120810.PutItem', { TableName: BOOKINGS_TABLE, Item });
  const MessageBody = JSON.stringify({ booking: booking.id });
  await wire.call('sqs', 'AmazonSQS.SendMessage', { QueueUrl: TICKETS_QUEUE, MessageBody });
  console.log(JSON.stringify({ event: 'booked', booking: booking.id, crossing }));
  return answer(201, booking);
};
