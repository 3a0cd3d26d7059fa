package front

import (
	"errors"
	"fmt"
	"net/http"

	"tellijn/tools/faults/hostile"
)

// tricks are what somebody can do who sees what passes but has no key, kind by kind.
func tricks(kind string) []hostile.Trick {
	if kind == "replaying" {
		return []hostile.Trick{hostile.OldAnswer}
	}
	return []hostile.Trick{hostile.BentBatch, hostile.BentAnswer, hostile.BentItem, hostile.ShortAnswer, hostile.Exchanged, hostile.CutShort, hostile.Letters,
		hostile.Fewer, hostile.Withheld, hostile.Twice}
}

// trick plays the next one, or passes on what it cannot be played on.
func (f *Front) trick(w http.ResponseWriter, device, kind string, body []byte, turn int) {
	all := tricks(kind)
	answer, met, err := f.relay(device).Once(all[turn%len(all)], uint32(turn)*0x9E3779B1, body)
	if met != "" {
		f.strike()
	}
	if errors.Is(err, hostile.ErrBelieved) {
		f.believed(fmt.Errorf("front: %s: %w", met, err))
	}
	give(w, answer)
}

// believed notes that somebody believed what nobody should.
func (f *Front) believed(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.wrong = errors.Join(f.wrong, err)
}

// relay gives the one for a device.
func (f *Front) relay(device string) *hostile.Relay {
	f.mu.Lock()
	defer f.mu.Unlock()
	r := f.relays[device]
	if r == nil {
		r = hostile.Between(&hostile.Past{Device: device, Receipts: f.c.Key().Public()}, behind{f.c, device})
		f.relays[device] = r
	}
	return r
}

// behind is the real collector, for one device.
type behind struct {
	c      Collector
	device string
}

// Send gives a batch to it.
func (b behind) Send(body []byte) ([]byte, error) {
	answer, err := b.c.Handle(b.device, body)
	if err != nil {
		return nil, nil // refused whole
	}
	return answer, nil
}
