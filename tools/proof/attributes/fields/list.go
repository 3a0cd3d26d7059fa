package fields

import "strings"

// Closed is the list: each field that may be, and in plain words what it says. A new field is a
// decision; it is taken by adding a line here.
func Closed() map[string]string {
	list := map[string]string{}
	for line := range strings.Lines(records + wires + others + told + keys + law) {
		if name, word, ok := strings.Cut(strings.TrimSpace(line), "  "); ok {
			list[name] = strings.TrimSpace(word)
		}
	}
	return list
}

const records = `
record.Record.Version             which list of fields this is
record.Record.Device              name of the device, from its configuration
record.Record.Boot                random number of this start of the device
record.Record.Sequence            number of the record since the start
record.Record.From                first second of the interval
record.Record.To                  first second after it
record.Record.Interval            nominal length of the interval
record.Record.Lines[].Forward     how many crossed the line one way in the interval
record.Record.Lines[].Backward    how many crossed it the other way
record.Record.Zones[].Inside      how many were in the zone at the end of the interval
record.Record.Zones[].Peak        how many were in it at most
record.Record.Coverage.Cycles     frames that were counted on
record.Record.Coverage.Expected   frames that should have come
record.Record.Dropped             what found a table full
record.Record.Damaged             frames that came damaged
record.Record.Lifetime.Worst      longest life of a frame in microseconds
record.Record.Lifetime.P999       life of a frame that 999 of 1000 stay below
record.Record.Quality             what disturbed the interval, as bits of the law below
record.Record.Camera.Kind         the word camera
record.Record.Camera.Driver       which driver
record.Record.Camera.Width        pixels of the camera
record.Record.Camera.Height       pixels of the camera
record.Record.Camera.Pixel        format of its frames
record.Record.Firmware            checksum of the program that saw the frames
record.Record.Previous            checksum of the record before
record.Record.Simulated           nobody real was counted
record.Record.Unreleased          the numbers are exact
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
handoff.Receipt.Kind             what the receipt is for
handoff.Receipt.Boot             of the record that is stored
handoff.Receipt.Sequence         of the record that is stored
handoff.Receipt.Tail             checksum of the newest record
handoff.Receipt.Waiting          records in the queue
handoff.Receipt.Dropped          records pushed out of it
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
firmware/config.file.device      name of the device
firmware/config.file.interval    length of a record
firmware/config.file.camera      table of the camera
firmware/config.file.scene       table of the scene
`

const law = `
cddl.record 1     version
cddl.record 2     device
cddl.record 3     boot
cddl.record 4     sequence
cddl.record 5     from
cddl.record 6     to
cddl.record 7     interval
cddl.record 8     lines
cddl.record 9     zones
cddl.record 10    coverage
cddl.record 11    dropped
cddl.record 12    damaged frames
cddl.record 13    lives of frames
cddl.record 14    quality bits
cddl.record 15    camera
cddl.record 16    firmware
cddl.record 17    previous record
cddl.record 18    simulated
cddl.record 19    unreleased
cddl.cycles       frames counted on
cddl.expected     frames that should have come
cddl.worst        longest life of a frame
cddl.p999         life that 999 of 1000 stay below
cddl.forward      how many crossed one way
cddl.backward     how many crossed the other way
cddl.inside       how many are in a zone
cddl.peak         how many were in it at most
cddl.relit        the light jumped
cddl.crowded      people stood close
cddl.full         a table was full
cddl.starved      frames were missing
cddl.coarse       few cells a person
cddl.no_filter    the eye had no list of system calls
cddl.no_rights    the eye had rights left
cddl.no_limits    the eye had no limits
cddl.no_closing   others could look into the memory of the eye
cddl.no_spaces    the eye had no namespaces
cddl.no_landlock  the eye could name paths
cddl.no_lock      scratch memory could be swapped
cddl.no_secrecy   carried memory was ordinary memory
cddl.no_room      the root folder of the eye held more than its camera
cddl.camera 1     the word camera
cddl.camera 2     driver
cddl.camera 3     width in pixels
cddl.camera 4     height in pixels
cddl.camera 5     format of frames
`
