// Package bench is what a scenario of the rig sees of a bench: the board under test and everything around it
// that can be moved or looked at, whether it is all emulated or stands on a desk. It holds interfaces and plain
// values; tools/rig/virtual and tools/rig/real are the two kinds. It is for the rig, outside the data path.
package bench

import (
	"context"
	"errors"
	"io"
	"time"

	"tellijn/privacy/devicelog"
	"tellijn/privacy/record"
)

// ErrCannot is wrapped by everything that a bench cannot do, such as looking into the memory of a real board. A
// scenario that needs it could not be run; it is neither green nor red.
var ErrCannot = errors.New("bench: this bench cannot do that")

// Setup is what a scenario asks for before the board gets power.
type Setup struct {
	Name  string    // of the scenario
	Board string    // such as rpi-zero-2w or virt
	Now   time.Time // when it is for everybody on the bench at the start; zero means now
	// Clock is what the board's real-time clock says at the start; zero means Now. NoClock takes it away.
	Clock   time.Time
	NoClock bool
	Hours   []string // such as "mon-fri 07:30-22:00"; none means always
	// Approval is "" for one that counts, or "none", "ended", "later".
	Approval string
	Config   string // further lines of the device's configuration
	// Film is what the camera sees: "" for no camera, or "door SEED", "clip NAME", "canary", "pattern", "dark".
	Film string
	// Format of the camera, such as "yuyv 320x240"; "" means that. Rate is in frames a second; 0 means 10.
	Format string
	Rate   int
	// NoTime is a network whose clocks do not answer, Mute one that gives nobody an address.
	NoTime, Mute bool
	// Reader puts the card into a reader that can fail, Journal into one that also keeps what was written, in order.
	Reader, Journal bool
	// Kernel are words behind the kernel's command line, for a control that has to find something; the card stays as
	// it is.
	Kernel string
	// Image is that of the card; "" lets the bench make it from the source tree.
	Image string
}

// Bench makes rigs, one after the other.
type Bench interface {
	// Kind is "virtual" or "real".
	Kind() string
	// Open makes everything ready. The board has no power yet. log gets the console; say what happens outside of
	// the board. The error wraps hal.ErrAbsent if a program that the bench needs is missing.
	Open(ctx context.Context, s Setup, log io.Writer, say func(string)) (Rig, error)
	Close() error
}

// Rig is one board with all that is around it. Methods of parts that it does not have return ErrCannot.
type Rig interface {
	// Power gives the board power, or takes it away at once, in the middle of whatever it does.
	Power(on bool) error
	// Hold holds the button.
	Hold(d time.Duration) error
	// Image is the SHA-256 of the card's image in hex.
	Image() string
	Now() time.Time
	Console() Console
	Parts() Parts
	Camera() Camera
	Network() Network
	Card() Card
	Collector() Collector
	Machine() Machine
	End() error
}

// Console is everything that the board said, of all its lives.
type Console interface {
	// Mark gives a place behind all lines so far.
	Mark() int
	// Await waits for a line behind mark that fits the pattern (regexp), at most so long, and gives it.
	Await(ctx context.Context, mark int, pattern string, d time.Duration) (string, error)
	// Lines gives those behind mark.
	Lines(mark int) []string
}

// Change is one change of a line that the board moves.
type Change struct {
	At   time.Time
	Part string // "camera_power" or "lamp"
	High bool
}

// Parts are the lines of the board.
type Parts interface {
	Changes() []Change
	// Switch changes the switch of the camera's supply: "works", "welded", "broken".
	Switch(state string) error
}

// Counts are crossings of one line.
type Counts struct{ Forward, Backward uint32 }

// Camera is the one before the board.
type Camera interface {
	// Cable pulls the camera's cable out, or plugs it in again.
	Cable(out bool) error
	// Fault spoils the next n frames: "error", "short", "long", "corrupt", "stall", "bright".
	Fault(kind string, n int) error
	// Played is how many frames the board took, since the start.
	Played() int
	// Await waits until n frames more than now were taken, or the film has ended.
	Await(ctx context.Context, n int) error
	// Replayed counts the frames that were sent once more, by the same counting on this computer, by line.
	Replayed() ([]Counts, error)
	// Truth are the people that were drawn or are known to be on the clip; ErrCannot for a film without.
	Truth() ([]Counts, error)
}

// Network is the other end of the board's cable.
type Network interface {
	// Cut takes everything away silently; Unplug is what the board notices.
	Cut(cut bool) error
	Unplug(out bool) error
	// Mute makes the server of addresses give none.
	Mute(mute bool) error
	// Clocks sets by how much the servers of the time are off; Silent makes them answer nothing.
	Clocks(off time.Duration, silent bool) error
	// Weather delays every packet and loses so many of a hundred.
	Weather(delay time.Duration, loss int) error
	// Struck is how many packets were lost or late by Cut or Weather, and questions for the time that Clocks kept from
	// a right answer.
	Struck() int64
	// Sent is what the board sent so far: packets by destination.
	Sent() map[string]int
	// Scan looks for ports of the board that wait for somebody, and gives those.
	Scan(ctx context.Context) ([]int, error)
}

// Card is the card of the board and its reader.
type Card interface {
	// Fault makes the reader fail: "none", "worn" (writes fail), "locked" (as worn, and from the next
	// start on the card says that it can only be read), "broken" (reads and writes fail), "lying" (says
	// that it wrote, and loses what was not flushed at the next power cut), "tearing" (as lying, and the last write
	// is half there), "deaf" (as lying, and it does not even flush when it says so), "slow".
	Fault(kind string) error
	// Struck is how often the fault had an effect.
	Struck() int64
	// Fill leaves so many bytes free on the data file system; while the board has no power.
	Fill(free int64) error
	// Booked are all crossings by line that the device answers for: released, carried and open. Without power.
	Booked() ([]Counts, error)
	// Sound checks the file systems and the device's files. Without power.
	Sound() error
	// Copy writes the whole card to a new file. Without power.
	Copy(path string) error
	// Catch waits until the device is at a moment of its own writing, as tools/rig/disk names them ("record half"), and
	// holds the reader there: nothing reaches the card any more until the power is gone.
	Catch(ctx context.Context, moment string) error
	// Journal is the folder with what the card was at the start and all that was written since, in order, if
	// Setup.Journal asked for it (tools/rig/disk).
	Journal() (dir string, err error)
}

// Collector is where records go.
type Collector interface {
	// Be makes it "honest", "away", "slow", "garbage", "refusing", "forging" (receipts by another key),
	// "forgetting" (receipts that call stored what is not), "dropping" (connections end in the middle), "impostor" (of
	// another authority), "replaying" (old answers), "altering" (what passes is changed). It is an error if until now
	// somebody believed what nobody should.
	Be(kind string) error
	// Struck is how often it was not honest to the board.
	Struck() int64
	// Waiting is how many records and entries the board said were waiting with it, at most, in what it sent since this was
	// asked last.
	Waiting() int
	Records() []record.Record
	Events() []devicelog.Entry
	Await(ctx context.Context, done func([]record.Record, []devicelog.Entry) bool) error
	// Verify checks everything that is stored anew; nothing may be missing.
	Verify() error
}

// Machine is the inside of an emulated board.
type Machine interface {
	// Memory writes all memory to a new file, while the machine stands still.
	Memory(path string) error
	// Crash ends one program by a fault in its own code: "eye", "courier", "dialer", "warden" (its core), "scout", "init".
	Crash(ctx context.Context, program string) error
	// Hang stops the processors in the kernel, as a fault there would; the clock goes on.
	Hang() error
	// Resets are those that a watchdog made.
	Resets() int
}
