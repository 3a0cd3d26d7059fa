package fields

const leaving = `
message.Tally.Room                   name of the room
message.Tally.Door                   name of the device at the door
message.Tally.Bond                   checksum of who the two devices are
message.Tally.N                      number of the tally
message.Tally.From                   first second of the interval
message.Tally.Forward                how many crossed one way; sealed for the head of the room, never released so
message.Tally.Backward               how many crossed the other way; likewise
message.Tally.In                     what the door carried while it was alone; likewise
message.Tally.Out                    what the door carried while it was alone; likewise
message.Tally.Level                  what it showed while it was alone
message.Receipt.Room                 name of the room
message.Receipt.Head                 name of the device that adds up
message.Receipt.Door                 name of the device at the door
message.Receipt.Bond                 checksum of who the two devices are
message.Receipt.N                    up to which tally all are booked
message.Receipt.At                   when, by the clock of the head
envelope.Envelope.Header.Room        name of the room
envelope.Envelope.Header.From        device that sends
envelope.Envelope.Header.To          device that it is for
envelope.Envelope.Header.Kind        tally or receipt
envelope.Envelope.Header.N           number of the tally
envelope.Envelope.Body               sealed tally, or signed receipt
batch.Batch.Device                   name of the device
batch.Batch.Number                   random number of the batch
batch.Batch.Items[].Kind             record, entry of the log, or envelope
batch.Batch.Items[].Bytes            what is listed here itself, signed or sealed
batch.Batch.Waiting                  items in the queue
batch.Batch.Dropped                  items that were pushed out of it
batch.Batch.Poll                     asks for envelopes
batch.Answer.Receipt                 what the collector signed
batch.Answer.Envelopes[]             from other doors of the room
batch.Receipt.Version                which list of fields this is
batch.Receipt.Device                 name of the device
batch.Receipt.Number                 of the batch
batch.Receipt.Verdicts[].Outcome     stored or refused
batch.Receipt.Verdicts[].Reason      why refused
batch.Receipt.At                     when, by the clock of the collector
batch.Receipt.Batch                  checksum of the batch
`

const keys = `
boards.file.name                 name of the board
boards.file.title                what it is, in words
boards.file.kind                 real or pretended
boards.file.device               name of the device
boards.file.interval             length of a record
boards.file.beat                 time between tallies
boards.file.speed                of a pretended clock
boards.file.camera               table of the camera
boards.file.scene                table of the scene
boards.file.release              table of how coarse counts are before they leave
boards.file.compatible           computers that the board is, by their device tree
boards.file.compress             calendar of a pretended board against its camera
boards.file.parts                table of what hangs on the board
boards.file.memory               table of how much memory its programs may use
boards.file.hours                table of when the camera may have power
boards.file.approval             table of whose approval counts
boards.memory.budget             MiB that all programs together may use
boards/plan.Camera.driver        which camera driver
boards/plan.Camera.path          where the camera is, such as /dev/video0
boards/plan.Camera.format        format of its frames
boards/plan.Camera.width         pixels of the camera
boards/plan.Camera.height        pixels of the camera
boards/plan.Camera.fps           frames a second
boards/plan.Scene.person_area    how large anybody appears, measured once by the installer
boards/plan.Scene.line           lines
boards/plan.Scene.zone           zones
boards/plan.Line.from            one end of a line
boards/plan.Line.to              its other end
boards/plan.Zone.corners         corners of a zone
boards/plan.Hours.open           days and times at which the camera may have power
boards/plan.Hours.closed         days on which it has none
boards/plan.Parts.camera_power   line of the switch before the camera
boards/plan.Parts.camera_lamp    line that reads the camera's supply back
boards/plan.Parts.lamp           line of the status lamp
boards/plan.Parts.button         line of the button
boards/plan.Parts.watchdog       path of the watchdog
boards/plan.Parts.clock          path of the clock chip
boards/plan.Network.kind         dhcp, static or none
boards/plan.Network.interface    which network card
boards/plan.Network.address      address of the device
boards/plan.Network.gateway      its gateway
boards/plan.Network.names        name servers
boards/plan.Time.servers         time servers
boards/plan.Approval.signer      public key of who may approve
boards/plan.Release.k            step of what is released, if coarser than the least
boards/plan.Release.open         time of the day from which counts leave
boards/plan.Release.close        and until when
boards/plan.Release.zone         time zone of the place
boards/plan.Upload.kind          https, mqtt or file
boards/plan.Upload.address       host and port of the collector or broker
boards/plan.Upload.receipts      public key of the collector
boards/plan.Rooms.name           name of the room
boards/plan.Rooms.head           device that adds its doors up
boards/plan.Rooms.door           doors of the room
boards/plan.Door.device          name of the device at a door
boards/plan.Door.sign            its public key for signatures
boards/plan.Door.seal            its public key for seals
firmware/config.file.device      name of the device
firmware/config.file.interval    length of a record
firmware/config.file.compress    seconds of the calendar to one of the camera, where nobody real is counted
firmware/config.file.camera      table of the camera
firmware/config.file.scene       table of the scene
firmware/config.file.release     table of how coarse counts are before they leave
firmware/config.file.parts       table of what hangs on the board
firmware/config.file.hours       table of when the camera may have power
firmware/config.file.network     table of the address of the device
firmware/config.file.time        table of time servers
firmware/config.file.approval    table of whose approval counts
firmware/config.file.room        table of the room that this door belongs to
firmware/config.file.upload      table of where records go
`

const law = `
cddl/record.record 1            version
cddl/record.record 2            device
cddl/record.record 3            boot
cddl/record.record 4            sequence
cddl/record.record 5            from
cddl/record.record 6            to
cddl/record.record 7            interval
cddl/record.record 8            lines
cddl/record.record 9            zones
cddl/record.record 10           coverage
cddl/record.record 11           dropped
cddl/record.record 12           damaged frames
cddl/record.record 13           lives of frames
cddl/record.record 14           quality bits
cddl/record.record 15           camera
cddl/record.record 16           firmware
cddl/record.record 17           previous record
cddl/record.record 18           simulated
cddl/record.worst               longest life of a frame
cddl/record.p999                life that 999 of 1000 stay below
cddl/record.forward             how many crossed one way
cddl/record.backward            how many crossed the other way
cddl/record.relit               the light jumped
cddl/record.crowded             people stood close
cddl/record.full                a table was full
cddl/record.starved             frames were missing
cddl/record.coarse              few cells a person
cddl/record.no_filter           the eye had no list of system calls
cddl/record.no_rights           the eye had rights left
cddl/record.no_limits           the eye had no limits
cddl/record.no_closing          others could look into the memory of the eye
cddl/record.no_spaces           the eye had no namespaces
cddl/record.no_landlock         the eye could name paths
cddl/record.no_lock             scratch memory could be swapped
cddl/record.no_secrecy          carried memory was ordinary memory
cddl/record.no_room             the root folder of the eye held more than its camera
cddl/record.camera 1            the word camera
cddl/record.camera 2            driver
cddl/record.camera 3            width in pixels
cddl/record.camera 4            height in pixels
cddl/record.camera 5            format of frames
cddl/record.record 19           how the counts were released
cddl/record.record 20           what the times are worth
cddl/record.record 21           seconds since the start
cddl/record.record 22           records that were lost
cddl/record.record 23           state of the log
cddl/record.record 24           zeros, so that all records have one size
cddl/record.corrected-forward   released of no interval, one way
cddl/record.corrected-backward  the other way
cddl/record.level               how many are beyond the line, in steps
cddl/record.total-forward       all that was released one way
cddl/record.total-backward      the other way
cddl/record.rule 1              step
cddl/record.rule 2              one door, sum, head or alone
cddl/record.rule 3              name of the room
cddl/record.rule 4              doors heard
cddl/record.rule 5              doors of the room
cddl/record.entries             length of the log
cddl/record.head                its newest entry
`

const laws = `
cddl/devicelog.entry 1   version
cddl/devicelog.entry 2   device
cddl/devicelog.entry 3   number
cddl/devicelog.entry 4   boot
cddl/devicelog.entry 5   when it happened to the device
cddl/devicelog.entry 6   what that time is worth
cddl/devicelog.entry 7   seconds since the start
cddl/devicelog.entry 8   what happened
cddl/devicelog.entry 9   a number of the kind
cddl/devicelog.entry 10  another one
cddl/devicelog.entry 11  checksum of a program, of the configuration or of the approval
cddl/devicelog.entry 12  entry before
cddl/devicelog.entry 13  zeros
cddl/batch.batch 1       version
cddl/batch.batch 2       device
cddl/batch.batch 3       random number
cddl/batch.batch 4       items
cddl/batch.batch 5       items waiting
cddl/batch.batch 6       items pushed out
cddl/batch.batch 7       asks for envelopes
cddl/batch.content         the item
cddl/batch.kind          record, entry or envelope
cddl/batch.answer 1      version
cddl/batch.answer 2      signed receipt
cddl/batch.answer 3      envelopes
cddl/batch.receipt 1     version
cddl/batch.receipt 2     device
cddl/batch.receipt 3     number of the batch
cddl/batch.receipt 4     verdicts
cddl/batch.receipt 6     checksum of the batch
cddl/batch.receipt 5     when, by the collector
cddl/batch.outcome       stored or refused
cddl/batch.reason        why refused
cddl/envelope.version    version
cddl/envelope.room       name of the room
cddl/envelope.from       device that sends
cddl/envelope.to         device that it is for
cddl/envelope.kind       tally or receipt
cddl/envelope.n          number of the tally
cddl/envelope.body       sealed tally, or signed receipt
cddl/message.tally 1     version
cddl/message.tally 2     room
cddl/message.tally 3     door
cddl/message.tally 4     number
cddl/message.tally 5     first second
cddl/message.tally 6     how many crossed one way; sealed
cddl/message.tally 7     the other way; sealed
cddl/message.tally 8     surrendered carry; sealed
cddl/message.tally 9     surrendered carry; sealed
cddl/message.tally 10    surrendered level; sealed
cddl/message.tally 11    zeros
cddl/message.tally 12    bond of the two devices
cddl/message.receipt 1   version
cddl/message.receipt 2   room
cddl/message.receipt 3   head
cddl/message.receipt 4   door
cddl/message.receipt 5   up to which tally all are booked
cddl/message.receipt 6   when, by the head
cddl/message.receipt 7   bond of the two devices
`
