package hostile

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"time"

	"tellijn/privacy/batch"
	"tellijn/tools/faults/hostile/made"
)

// Trick is what a relay does with one exchange.
type Trick uint8

// The tricks.
const (
	Twice       Trick = iota // the batch goes on twice
	Withheld                 // the collector's answer does not come back
	Late                     // the batch comes after the next one
	Reversed                 // its items come in the reverse order, and the answer goes back
	CutShort                 // it ends in the middle
	Fewer                    // its last item is missing, and the answer goes back
	BentBatch                // one bit of it is another, and the answer goes back
	BentItem                 // one bit of an item is another, and the answer goes back
	Exchanged                // old items take the place of the new ones, and the answer goes back
	OldAnswer                // it goes nowhere, an old answer comes back
	Forged                   // it goes nowhere, a receipt of another key comes back
	BentAnswer               // one bit of the answer is another
	ShortAnswer              // the answer ends in the middle
	Letters                  // the answer has envelopes that nobody wrote
)

// Errors of tricks and thefts.
var (
	// ErrQuiet says that no exchange came to play the trick on.
	ErrQuiet = errors.New("hostile: nothing came")
	// ErrBelieved says that somebody took what nobody should take. It is a violation.
	ErrBelieved = errors.New("hostile: BELIEVED")
)

// played is a trick on its way.
type played struct {
	trick  Trick
	choose uint32
	met    chan outcome
	early  []byte // the batch that is to come late
	hold   bool   // do not pass on what came meanwhile
}

type outcome struct {
	met string
	err error
}

// Play plays a trick on the next exchange that it can be played on, and tells what it met.
func (r *Relay) Play(t Trick, choose uint32, patience time.Duration) (met string, err error) {
	p := &played{trick: t, choose: choose, met: make(chan outcome, 1)}
	r.mu.Lock()
	r.trick = p
	r.mu.Unlock()
	select {
	case o := <-p.met:
		return o.met, o.err
	case <-time.After(patience):
	}
	r.mu.Lock()
	if r.trick == p {
		r.trick = nil
	}
	r.mu.Unlock()
	select {
	case o := <-p.met:
		return o.met, o.err
	default:
		return "", ErrQuiet
	}
}

// play gives the answer for the device; done says that the trick was played.
func (p *played) play(r *Relay, body []byte) (answer []byte, done bool) {
	b, err := batch.Decode(body)
	if err != nil {
		return nil, false
	}
	done, p.hold = true, false
	met := ""
	switch p.trick {
	case Twice:
		if r.pass(body) == nil {
			return nil, false
		}
		again, err := r.to.Send(body)
		if err != nil {
			return nil, false
		}
		met, err = all(r.Past, body, again)
		p.met <- outcome{met, err}
		return again, true
	case Withheld:
		done, met = r.pass(body) != nil, "stored, and the device asks again"
	case Late:
		return p.late(r, body, len(b.Items))
	case OldAnswer:
		if _, answer = r.Some(p.choose); answer == nil {
			return nil, false
		}
		met = "an old answer was given"
	case Forged:
		answer, met = made.Answer(&b), "a receipt of another key was given"
	case BentAnswer, ShortAnswer, Letters:
		if answer = r.pass(body); answer != nil {
			answer, met = p.alter(&b, answer)
		}
		done = answer != nil
	default:
		answer, met, done, err = p.bend(r, &b, body)
	}
	if done {
		p.met <- outcome{met, err}
	}
	return answer, done
}

// late keeps a batch and sends it after the next one.
func (p *played) late(r *Relay, body []byte, items int) ([]byte, bool) {
	if p.early == nil {
		if p.hold = items > 0; p.hold {
			p.early = body
		}
		return nil, false
	}
	answer := r.pass(body)
	if answer == nil {
		return nil, false
	}
	after, err := r.to.Send(p.early)
	if err != nil {
		return answer, false
	}
	met, err := all(r.Past, p.early, after)
	p.met <- outcome{met, err}
	return answer, true
}

// bend sends something else than the device did, and gives back what the collector says of that.
func (p *played) bend(r *Relay, b *batch.Batch, body []byte) (answer []byte, met string, done bool, err error) {
	sent, other := bytes.Clone(body), *b
	other.Items = slices.Clone(b.Items)
	bent := -1
	switch p.trick {
	case CutShort:
		sent = sent[:int(p.choose)%len(sent)]
	case BentBatch:
		sent[int(p.choose)%len(sent)] ^= 1 << (p.choose >> 24 & 7)
	case Reversed:
		if p.hold = len(b.Items) < 2; p.hold {
			return nil, "", false, nil // until more of them wait
		}
		slices.Reverse(other.Items)
	case Fewer:
		if len(b.Items) == 0 {
			return nil, "", false, nil
		}
		other.Items = other.Items[:len(b.Items)-1]
	case BentItem:
		if bent = slices.IndexFunc(b.Items, signed); bent < 0 {
			return nil, "", false, nil
		}
		it := bytes.Clone(b.Items[bent].Bytes)
		it[int(p.choose)%len(it)] ^= 1 << (p.choose >> 24 & 7)
		other.Items[bent].Bytes = it
	case Exchanged:
		if !r.old(other.Items, p.choose) {
			return nil, "", false, nil
		}
	}
	if p.trick != CutShort && p.trick != BentBatch {
		if sent, err = batch.Encode(&other); err != nil {
			return nil, "", true, err
		}
	}
	if answer, err = r.to.Send(sent); err != nil {
		return nil, "", false, nil // nobody there now
	}
	if answer == nil {
		return nil, "refused whole", true, nil
	}
	if p.trick == CutShort {
		return answer, "", true, fmt.Errorf("%w: a batch that was cut short", ErrBelieved)
	}
	_, verdicts, err := r.read(sent, answer)
	refused := 0
	for i, v := range verdicts {
		refused += int(v.Outcome)
		if i == bent && v.Outcome != batch.Refused {
			err = fmt.Errorf("%w: an item with another bit", ErrBelieved)
		}
	}
	if p.trick == BentBatch {
		err = nil // the number may be another
	}
	if refused > 0 {
		return answer, "the collector refused items of it, and its answer went back", true, err
	}
	return answer, "the collector took it, and its answer went back", true, err
}

// alter makes another answer of one.
func (p *played) alter(b *batch.Batch, answer []byte) ([]byte, string) {
	out := bytes.Clone(answer)
	switch p.trick {
	case BentAnswer:
		out[int(p.choose)%len(out)] ^= 1 << (p.choose >> 24 & 7)
		return out, "an answer with another bit was given"
	case ShortAnswer:
		return out[:max(1, int(p.choose)%len(out))], "half an answer was given"
	}
	a, err := batch.DecodeAnswer(answer)
	if err != nil {
		return nil, ""
	}
	a.Envelopes = append(a.Envelopes[:min(len(a.Envelopes), batch.MaxEnvelopes-2)], made.Letter("hall", "south", b.Device, p.choose), made.Letter("hall", "north", b.Device, p.choose+1))
	if out, err = batch.EncodeAnswer(&a); err != nil {
		return nil, ""
	}
	return out, "envelopes that nobody wrote were given"
}
