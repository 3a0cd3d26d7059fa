// Package outside is what a board of the rig sends to, whichever bench it is on: a segment at the other end of its
// cable, and on it the collector with its front. It is what both kinds of bench have of bench.Network and
// bench.Collector; it never touches the board's end of the cable, which each bench has in its own way. It is for the
// rig, outside the data path.
package outside

import (
	"errors"
	"path/filepath"
	"time"

	"tellijn/tools/rig/bench"
	"tellijn/tools/rig/front"
	"tellijn/tools/rig/receiver"
	"tellijn/tools/rig/segment"
)

// Options say where and when it is.
type Options struct {
	Dir string           // a folder that is there; its path has to be short, as those of sockets are
	Now func() time.Time // for the collector and for the clocks of the segment
	// NoTime is a segment whose clocks do not answer, Mute one that gives nobody an address.
	NoTime, Mute bool
	// Say gets a line for each record and each entry of a log that arrives.
	Say func(string)
}

// Outside is a running one.
type Outside struct {
	Front    *front.Front // before the collector; devices are led to it
	Receiver *receiver.Receiver
	Segment  *segment.Segment
	Wire     string // path of the socket that is the segment's end of the cable
}

// Start starts collector, front and segment. After an error nothing of it runs.
func Start(o Options) (_ *Outside, err error) {
	out := &Outside{Wire: filepath.Join(o.Dir, "wire")}
	defer func() {
		if err != nil {
			err = errors.Join(err, out.Close())
		}
	}()
	const place = segment.Collector + ":8443"
	if out.Receiver, err = receiver.Start(filepath.Join(o.Dir, "collector"), place, o.Now, o.Say); err != nil {
		return nil, err
	}
	if out.Front, err = front.New(out.Receiver.Address, out.Receiver); err != nil {
		return nil, err
	}
	net := segment.Options{Doors: map[string]string{place: out.Front.Address()}, Now: o.Now, Deaf: o.Mute}
	if o.NoTime {
		net.Now = nil
	}
	if out.Segment, err = segment.Lay(out.Wire, net); err != nil {
		return nil, err
	}
	return out, nil
}

// Close ends it: the segment first, so that nobody finds its doors closed.
func (o *Outside) Close() (err error) {
	if o.Segment != nil {
		o.Segment.Close()
	}
	if o.Front != nil {
		err = o.Front.Close()
	}
	if o.Receiver != nil {
		err = errors.Join(err, o.Receiver.Close())
	}
	return err
}

// Collector is where records go.
func (o *Outside) Collector() bench.Collector { return store{o.Front, o.Receiver} }

// store is a front that lies and a collector that has what it got.
type store struct {
	*front.Front
	*receiver.Receiver
}

func (s store) Verify() error {
	_, err := s.Receiver.Verify()
	return err
}
