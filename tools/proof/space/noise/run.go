package noise

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"unsafe"

	"tellijn/boards"
	"tellijn/counting/pipeline"
	"tellijn/hal/camera"
	"tellijn/privacy/wire"
)

// Out is what came out of a run.
type Out struct {
	Messages [][wire.Size]byte
	Writes   []int // bytes of each write
	Kept     int   // cycles after which scratch held anything of the frame
	Cycles   int   // in which frames were counted on
	Looked   int   // cycles after which scratch was looked through
}

// Write takes what the eye writes.
func (o *Out) Write(b []byte) (int, error) {
	o.Writes = append(o.Writes, len(b))
	o.Messages = append(o.Messages, [wire.Size]byte(b))
	return len(b), nil
}

// Run counts frames of one kind as the eye of a board would: reduce, count, and a tally each beat.
// Every frame "lives" for as many microseconds as its number, so that time says nothing else.
func Run(b *boards.Board, f camera.Format, k Kind, cycles int, rng *rand.Rand) (*Out, error) {
	p, err := pipeline.New(&b.Scene, f)
	if err != nil {
		return nil, err
	}
	black, err := pipeline.New(&b.Scene, f)
	if err != nil {
		return nil, err
	}
	all, err := frames(f, k, rng)
	if err != nil {
		return nil, err
	}
	empty, err := frames(f, Blank, rng)
	if err != nil {
		return nil, err
	}
	out := &Out{}
	w := wire.NewWriter(out, wire.StreamOf(f))
	beat := uint32(max((b.Beat+f.Interval/2)/f.Interval, 1))
	beat = min(beat, uint32(max(cycles/2, 1))) // two tallies at least
	for i := range uint32(cycles) {
		loan := camera.Frame{Data: all[int(i)%len(all)], Sequence: i}
		blank := camera.Frame{Data: empty[0], Sequence: i}
		usable := !f.Short(len(loan.Data)) && p.Reduce(&loan) == nil
		if i > 0 && i%beat == 0 {
			t := p.Close(i)
			if err := w.Write(&t); err != nil {
				return nil, err
			}
		}
		p.Lived(i)
		if !usable {
			p.Skip(i)
			continue
		}
		p.Count(i)
		out.Cycles++
		if black.Reduce(&blank) == nil {
			black.Count(i)
			kept, err := left(p, black, f.Pixel == camera.MJPEG)
			if err != nil {
				return nil, err
			}
			out.Looked++
			if kept {
				out.Kept++
			}
		}
	}
	t := p.Close(uint32(cycles))
	if err := w.Write(&t); err != nil {
		return nil, err
	}
	p.Wipe()
	black.Wipe()
	return out, nil
}

// left tells whether scratch of p differs from that of a pipeline that saw blank frames only. Of an
// MJPEG decoder the tables of codes stay, which come from the head of a frame; there the cells and
// every part behind the grid are looked at.
func left(p, black *pipeline.Pipeline, mjpeg bool) (bool, error) {
	a, b := part(p), part(black)
	if a == nil || b == nil {
		return false, fmt.Errorf("noise: the pipeline has no field scratch; where does it keep what lives for a cycle now?")
	}
	if !mjpeg {
		return !bytes.Equal(raw(*a), raw(*b)), nil
	}
	for i := range a.NumField() {
		x, y := a.Field(i), b.Field(i)
		if a.Type().Field(i).Name != "grid" {
			if !bytes.Equal(raw(x), raw(y)) {
				return true, nil
			}
			continue
		}
		cells := x.FieldByName("Cells")
		if !cells.IsValid() {
			return false, fmt.Errorf("noise: the grid has no field Cells")
		}
		if len(bytes.Trim(raw(cells), "\x00")) > 0 {
			return true, nil
		}
	}
	return false, nil
}

// part is the struct scratch of a pipeline, behind pointers or not.
func part(p *pipeline.Pipeline) *reflect.Value {
	v := reflect.ValueOf(p).Elem()
	for i := range v.NumField() {
		f := v.Field(i)
		for f.Kind() == reflect.Pointer && !f.IsNil() {
			f = f.Elem()
		}
		if f.Kind() != reflect.Struct {
			continue
		}
		if v.Type().Field(i).Name == "scratch" {
			return &f
		}
		if s := f.FieldByName("scratch"); s.IsValid() {
			for s.Kind() == reflect.Pointer && !s.IsNil() {
				s = s.Elem()
			}
			return &s
		}
	}
	return nil
}

// raw gives the bytes of an addressable value.
func raw(v reflect.Value) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(v.UnsafeAddr())), v.Type().Size())
}
