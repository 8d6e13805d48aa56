import { openEntryChannel } from '../../../src/main/platform/channel'

/** Answers what it is asked, with the thread setting that its starter chose for it. */
void openEntryChannel().then((channel) => {
  channel.onMessage((message) => {
    channel.send({ echo: message, interop: process.env['TF_NUM_INTEROP_THREADS'] })
  })
})
