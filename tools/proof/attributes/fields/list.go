package fields

import "strings"

// Closed is the list: each field that may be, and in plain words what it says. A new field is a
// decision; it is taken by adding a line here.
func Closed() map[string]string {
	list := map[string]string{}
	for line := range strings.Lines(records + wires + others + told + leaving + keys + law + laws + approvals) {
		if name, word, ok := strings.Cut(strings.TrimSpace(line), "  "); ok {
			list[name] = strings.TrimSpace(word)
		}
	}
	return list
}

const records = `
record.Record.Version                     which list of fields this is
record.Record.Device                      name of the device, from its configuration
record.Record.Boot                        random number of this start of the device
record.Record.Sequence                    number of the record since the start
record.Record.From                        first second of the interval
record.Record.To                          first second after it
record.Record.Interval                    nominal length of the interval
record.Record.Lines[].Forward             released people one way, in steps of k
record.Record.Lines[].Backward            released people the other way, in steps of k
record.Record.Lines[].CorrectedForward    released later, of no interval: miscounts and pairs of a week
record.Record.Lines[].CorrectedBackward   likewise the other way
record.Record.Lines[].Level               how many are beyond the line, shown in steps of k
record.Record.Lines[].TotalForward        all that was ever released one way
record.Record.Lines[].TotalBackward       all that was ever released the other way
record.Record.Zones[]                     how many the zone shows: none, or k and more
record.Record.Coverage                    percent of the interval that was seen
record.Record.Dropped                     what found a table full, as a class
record.Record.Damaged                     frames that came damaged, as a class
record.Record.Lifetime.Worst              longest life of a frame, as a class of milliseconds
record.Record.Lifetime.P999               life of a frame that 999 of 1000 stay below, as a class
record.Record.Quality                     what disturbed the interval, as bits of the law below
record.Record.Camera.Kind                 the word camera
record.Record.Camera.Driver               which driver
record.Record.Camera.Width                pixels of the camera
record.Record.Camera.Height               pixels of the camera
record.Record.Camera.Pixel                format of its frames
record.Record.Firmware                    checksum of the program that saw the frames
record.Record.Previous                    checksum of the record before
record.Record.Simulated                   nobody real was counted
record.Record.Rule.K                      step of what is released
record.Record.Rule.Mode                   one door, sum of a room, counted by the head, or alone
record.Record.Rule.Room                   name of the room, from the configuration
record.Record.Rule.Heard                  doors of the room that are in the sum
record.Record.Rule.Doors                  doors of the room
record.Record.Clock                       what the times are worth
record.Record.Uptime                      seconds since the start of the device
record.Record.Lost                        records that were pushed out of a queue unsent
record.Record.Log.Entries                 length of the log of the device
record.Record.Log.Head                    checksum of its newest entry
devicelog.Entry.Version                   which list of fields this is
devicelog.Entry.Device                    name of the device
devicelog.Entry.Number                    number of the entry
devicelog.Entry.Boot                      random number of this start of the device
devicelog.Entry.At                        when it happened to the device
devicelog.Entry.Clock                     what that time is worth
devicelog.Entry.Uptime                    seconds since the start of the device
devicelog.Entry.Kind                      what happened, one of a closed list
devicelog.Entry.A                         a number that the kind has
devicelog.Entry.B                         another one
devicelog.Entry.Digest                    checksum of a program, of the configuration or of the approval
devicelog.Entry.Previous                  checksum of the entry before
`

const wires = `
wire.Message.Stream.Pixel             format of the frames
wire.Message.Stream.Width             pixels of the camera
wire.Message.Stream.Height            pixels of the camera
wire.Message.Stream.Interval          nominal time between frames
wire.Message.Stream.Held              which layers confine the eye
wire.Message.Tally.Number             number of the tally since the eye's start
wire.Message.Tally.From               first frame of the beat
wire.Message.Tally.To                 first frame after it
wire.Message.Tally.Cycles             frames that were counted on
wire.Message.Tally.Damaged            frames that came damaged
wire.Message.Tally.Dropped            what found a table full
wire.Message.Tally.Lifetime.Worst     longest life of a frame
wire.Message.Tally.Lifetime.P999      life of a frame that 999 of 1000 stay below
wire.Message.Tally.Quality            what disturbed the beat, as bits of the law below
wire.Message.Tally.Lines[].Forward    how many crossed the line one way in the beat
wire.Message.Tally.Lines[].Backward   how many crossed it the other way
wire.Message.Tally.Zones[].Inside     how many were in the zone at the end of the beat
wire.Message.Tally.Zones[].Peak       how many were in it at most
`

const others = `
view.State.Number                number of the beat
view.State.Counting              the eye runs
view.State.Lines[].LitForward    somebody crossed one way in this beat
view.State.Lines[].LitBackward   somebody crossed the other way
view.State.Lines[].Forward       total one way since the start
view.State.Lines[].Backward      total the other way
view.State.Zones                 how many are in each zone now
handoff.Item.Kind                record, entry of the log, or envelope
handoff.Item.Boot                random number of the start of the device
handoff.Item.Sequence            number of the item in that start
handoff.Item.At                  when it was made, for the queue
handoff.Item.Bytes               what is listed here itself, signed or sealed
handoff.Back.Kind                what the courier says
handoff.Back.Boot                of the item that is stored
handoff.Back.Sequence            of the item that is stored
handoff.Back.Upto                how many items are stored
handoff.Back.Tail                checksum of the newest record
handoff.Back.Waiting             items in the queue
handoff.Back.Dropped             items pushed out of it
handoff.Back.Refused             items that the collector refused
handoff.Back.Failed              answers that were not from who they should be
handoff.Back.Aside               a damaged queue was put aside
handoff.Back.Envelope            from another door of the room, sealed or signed
`

const told = `
orders.Orders.Board                          kind of board
orders.Orders.Driver                         which camera driver
orders.Orders.Device                         where the camera is, such as /dev/video0
orders.Orders.Wanted.Pixel                   format to ask the camera for
orders.Orders.Wanted.Width                   pixels to ask for
orders.Orders.Wanted.Height                  pixels to ask for
orders.Orders.Wanted.Interval                time between frames to ask for
orders.Orders.Scene.PersonArea               how large anybody appears, measured once by the installer
orders.Orders.Scene.Lines[].A.X              one end of a line that the installer drew
orders.Orders.Scene.Lines[].A.Y              likewise
orders.Orders.Scene.Lines[].B.X              its other end
orders.Orders.Scene.Lines[].B.Y              likewise
orders.Orders.Scene.NLines                   lines in use
orders.Orders.Scene.Zones[].Corners[].X      a corner of a zone that the installer drew
orders.Orders.Scene.Zones[].Corners[].Y      likewise
orders.Orders.Scene.Zones[].N                corners in use
orders.Orders.Scene.NZones                   zones in use
orders.Orders.Beat                           time between tallies
orders.Orders.Speed                          of the pretended clock; 1 on a real board
orders.Orders.Sim.Seed                       of a drawn camera
orders.Orders.Sim.Play                       what a drawn camera plays
orders.Orders.Sim.Seconds                    how long a drawn camera plays
`

// approvals say what a device may count, and nothing about people.
const approvals = `
cddl/approval.approval 1   version
cddl/approval.approval 2   number of the decision
cddl/approval.approval 3   what the counting is for, in plain words
cddl/approval.approval 4   devices
cddl/approval.approval 5   from when
cddl/approval.approval 6   until when
cddl/approval.approval 7   hours
cddl/approval.approval 8   scene
cddl/approval.approval 9   steps of people, at least
cddl/approval.approval 10  seconds of a record, at least
cddl/approval.approval 11  number of the assessment
cddl/approval.approval 12  for tests only
cddl/approval.hours 1      time zone
cddl/approval.hours 2      minutes of each day of the week
cddl/approval.hours 3      closed days
cddl/approval.scene 1      size of a person in the picture
cddl/approval.scene 2      lines
cddl/approval.scene 3      zones
`
