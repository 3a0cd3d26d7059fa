// Package forensics looks for what is left of frames on a whole board: in all of its memory, the kernel's and every
// program's, in the registers of its processors, and on its card. Each search carries its own control: pieces of a
// frame that the camera never played are planted where the search goes, and have to be found. It keeps numbers and
// removes each copy of a memory once it is searched. It is for the rig, outside the data path.
//
// What it finds while an eye counts is stated, not hidden: the buffers that the driver of the camera fills, and the
// transfers under way (tools/rig/forensics/pieces, flight).
package forensics

import (
	"fmt"

	"tellijn/tools/rig/forensics/pieces"
	"tellijn/tools/rig/forensics/pool"
)

// Search looks for the frames of one run.
type Search struct {
	Pool    *pool.Pool
	Scratch string // a folder for copies of memories

	looks int
}

// Look is what one search found. Hits are windows of 8 bytes.
type Look struct {
	Case  string // such as "while it counts"
	Where string // "memory" or "card"
	// Found is what is there of frames that were played, the control left out.
	Found pieces.Found
	// Registers are hits in those of the processors; -1 if there are none to look at.
	Registers int
	// Before are hits in rows of frames from before the camera was plugged in last, and words that can be of any.
	Before int
	// Stale are hits in rows of frames that are over, Oldest how many frames ago the oldest was begun.
	Stale, Oldest int
	// Plugged and Played are how often the camera was plugged in and how many frames it had begun.
	Plugged, Played int
	// Planted are the hits that the control has to give, Refound those it gave.
	Planted, Refound int
	// Moments is how many were looked at, of which this is the worst; 0 means one.
	Moments int
	// Allowed says what may be there, Verdict "held" or what is wrong.
	Allowed, Verdict string
}

// Held is the verdict on what is as it has to be.
const Held = "held"

// String is one line for people.
func (l Look) String() string {
	s := fmt.Sprintf("%s, %s: %s", l.Case, l.Where, l.Found)
	if l.Registers >= 0 {
		s += fmt.Sprintf(", %d in registers", l.Registers)
	}
	if l.Found.RowHits > 0 {
		s += fmt.Sprintf(", in %d pages, the oldest %d frames old", len(l.Found.Pages), l.Oldest)
	}
	return s + fmt.Sprintf("; control: %d of %d planted found; %d frames were played", l.Refound, l.Planted, l.Played)
}

// judge settles the verdict: the control has to be whole, and wrong to be "".
func (l *Look) judge(allowed, wrong string, pool *pool.Pool) error {
	l.Allowed, l.Verdict = allowed, Held
	switch err := pool.Err(); {
	case err != nil:
		l.Verdict = err.Error()
	case l.Refound != l.Planted || l.Planted == 0:
		l.Verdict = fmt.Sprintf("the control was not found: %d of %d", l.Refound, l.Planted)
	case l.Played == 0:
		l.Verdict = "the camera never played a frame"
	case wrong != "":
		l.Verdict = wrong
	}
	if l.Verdict != Held {
		return fmt.Errorf("forensics: %s, %s: %s; want %s", l.Case, l.Where, l.Verdict, allowed)
	}
	return nil
}

// Nothing wants that nothing is there. Single words that an interrupt left on stacks of the driver's workers are known
// (pieces.MaxWords): they are counted, and no more than those may be there.
func (l *Look) Nothing(p *pool.Pool) error {
	wrong := ""
	switch {
	case l.Found.RowHits > 0:
		wrong = fmt.Sprintf("%d hits in rows of pixels of %d frames", l.Found.RowHits, len(l.Found.Frames))
	case l.Registers > 0:
		wrong = fmt.Sprintf("%d hits in registers", l.Registers)
	case l.Where == card && l.Found.WordHits > p.Chance():
		wrong = fmt.Sprintf("%d hits in words", l.Found.WordHits)
	case l.Found.WordHits > pieces.MaxWords:
		wrong = fmt.Sprintf("%d hits in words", l.Found.WordHits)
	}
	allowed := "no row of pixels, nothing in registers, in words of at most 64 bytes on the kernel's stacks at most " + fmt.Sprint(pieces.MaxWords) + " hits"
	if l.Where == card {
		allowed = "nothing"
		if n := p.Chance(); n > 0 {
			allowed = fmt.Sprintf("no row of pixels, and at most %d hit by chance", n)
		}
	}
	return l.judge(allowed, wrong, p)
}

// Remains wants rows: it is for a control, in which somebody who ought to wipe was kept from it.
func (l *Look) Remains(p *pool.Pool) error {
	wrong := ""
	if l.Found.RowHits == 0 {
		wrong = "no row of pixels"
	}
	return l.judge("rows of pixels: this is a control, in which nobody wipes", wrong, p)
}

// InFlight wants that there is something, since a camera streams, and that it is no more than the driver has in its
// buffers and transfers. On a busy computer frames wait in buffers until the eye comes to them.
func (l *Look) InFlight(p *pool.Pool) error {
	return l.bounded(p, pieces.Buffers*p.Bytes()+pieces.InFlight, pieces.MaxPages(p.Bytes()),
		fmt.Sprintf("%d buffers of the driver for the eye, and its %d transfers under way", pieces.Buffers, pieces.Transfers))
}

// Worked wants that nothing is in the driver's buffers either: the eye has worked off the last frame and wiped it. The
// transfers still hold what came in them last, until the next frame comes.
func (l *Look) Worked(p *pool.Pool) error {
	return l.bounded(p, pieces.InFlight, pieces.MaxPages(0), fmt.Sprintf("%d transfers of the driver", pieces.Transfers))
}

// bounded wants so many hits and pages at most, of the newest frames.
func (l *Look) bounded(p *pool.Pool, hits, pages int, what string) error {
	wrong := ""
	switch {
	case l.Found.RowHits == 0:
		wrong = "nothing at all of a camera that streams"
	case l.Before > 0:
		wrong = fmt.Sprintf("%d hits of frames from before the camera was plugged in", l.Before)
	case l.Oldest > pieces.MaxAge:
		wrong = fmt.Sprintf("a frame that is %d frames old", l.Oldest)
	case l.Found.RowHits > hits:
		wrong = fmt.Sprintf("%d hits in rows", l.Found.RowHits)
	case len(l.Found.Pages) > pages:
		wrong = fmt.Sprintf("rows in %d pages", len(l.Found.Pages))
	}
	return l.judge(fmt.Sprintf("what lies in %s: at most %d hits in %d pages, none of a frame more than %d frames old", what, hits, pages, pieces.MaxAge),
		wrong, p)
}
