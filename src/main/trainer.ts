import { openEntryChannel } from './platform/channel'
import { serve } from './trainer/role'

void openEntryChannel().then(serve)
