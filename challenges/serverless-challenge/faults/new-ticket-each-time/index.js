// Fed by the queue of bookings: gives each one its ticket. Messages may come twice; a booking has one ticket all the same.
'use strict';

const { randomBytes } = require('node:crypto');
const wire = require('wire');

const number = () => `T-${randomBytes(5).toString('hex').toUpperCase()}`;

async function issue(record) {
  const { booking } = JSON.parse(record.body);
  await wire.update(
    process.env.BOOKINGS_TABLE,
    { id: booking },
    'SET ticket = :ticket, #status = :ticketed',
    'attribute_exists(id)',
    { ':ticket': number(), ':ticketed': 'ticketed' },
    { '#status': 'status' },
  );
  console.log(JSON.stringify({ event: 'ticketed', booking }));
}

exports.handler = async (event) => {
  const batchItemFailures = [];
  for (const record of event.Records) {
    try {
      await issue(record);
    } catch (error) {
      console.error(JSON.stringify({ event: 'not ticketed', message: record.messageId, why: String(error) }));
      batchItemFailures.push({ itemIdentifier: record.messageId });
    }
  }
  return { batchItemFailures };
};
