package forensics

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"tellijn/privacy/privacytest/canary"
	"tellijn/tools/rig/forensics/pieces"
	"tellijn/tools/rig/vm"
)

// Board is the inside of an emulated board; *vm.Machine is one.
type Board interface {
	Stop() error
	Cont() error
	// Memory writes all memory to a new file.
	Memory(path string) error
	Size() int64
	// Write changes memory at a physical address.
	Write(address uint64, data []byte) error
	// Ask gives the monitor a command.
	Ask(command string, arguments map[string]any) (json.RawMessage, error)
}

var _ Board = (*vm.Machine)(nil)

// plant is one piece of the spare frame that lies in memory for the time of a search.
type plant struct {
	at     int64  // from the beginning of the memory
	bytes  []byte // what is planted
	before []byte // what stood there, with margin on both sides
}

// margin is what is read beside a plant, so that what lies across its ends is seen.
const margin = canary.Window - 1

// plants are where and what: rows over the borders of pages in the first, the middle and the last part of the memory, a word
// as registers hold it, and a single window at an odd place.
func (s *Search) plants(size int64) []plant {
	_, spare := s.Pool.Spare()
	part := func(from, n int) []byte { return spare[from:][:n] }
	return []plant{
		{at: size/16 - 300, bytes: part(0, 1000)},
		{at: size/2 + 5*pieces.Page - 77, bytes: part(2000, 640)},
		{at: size - 3*pieces.Page + 13, bytes: part(3000, 320)},
		{at: size/4 + 1024, bytes: part(4000, pieces.WordBytes)},
		{at: size/3 | 1, bytes: part(5000, canary.Window)},
	}
}

// Memory searches all memory of a board and the registers of its processors while it stands still, and lets it run on
// if it did.
func (s *Search) Memory(b Board, name string) (l Look, err error) {
	l = Look{Case: name, Where: "memory"}
	runs, err := running(b)
	if err != nil {
		return l, err
	}
	if err := b.Stop(); err != nil {
		return l, err
	}
	if runs {
		defer func() { err = errors.Join(err, b.Cont()) }()
	}
	l.Plugged, l.Played = s.Pool.Plugged(), s.Pool.Begun()
	path, plants, err := s.planted(b)
	if err != nil {
		return l, err
	}
	defer os.Remove(path)
	in, err := os.Open(path)
	if err != nil {
		return l, fmt.Errorf("forensics: %w", err)
	}
	defer in.Close()
	if err := s.sort(&l, in, plants); err != nil {
		return l, err
	}
	if l.Found.Bytes != b.Size() {
		return l, fmt.Errorf("forensics: %d bytes of %d were searched", l.Found.Bytes, b.Size())
	}
	l.Registers, err = s.registers(b)
	return l, err
}

// running tells whether a board runs now.
func running(b Board) (bool, error) {
	answer, err := b.Ask("query-status", nil)
	if err != nil {
		return false, err
	}
	var is struct{ Running bool }
	if err := json.Unmarshal(answer, &is); err != nil {
		return false, fmt.Errorf("forensics: the monitor says %q: %w", answer, err)
	}
	return is.Running, nil
}

// planted copies the whole memory with the plants in it, and takes them out again.
func (s *Search) planted(b Board) (path string, plants []plant, err error) {
	s.looks++
	path = filepath.Join(s.Scratch, fmt.Sprintf("memory-%d", s.looks))
	plants = s.plants(b.Size())
	for i := range plants {
		if plants[i].before, err = s.part(b, plants[i]); err != nil {
			return "", nil, err
		}
	}
	for _, p := range plants {
		if err := b.Write(vm.RAM+uint64(p.at), p.bytes); err != nil {
			return "", nil, err
		}
	}
	err = b.Memory(path)
	for _, p := range plants {
		back := b.Write(vm.RAM+uint64(p.at), p.before[margin:len(p.before)-margin])
		now, read := s.part(b, p)
		if back == nil && read == nil && !bytes.Equal(now, p.before) {
			back = fmt.Errorf("forensics: what stood at %#x is not there again", p.at)
		}
		err = errors.Join(err, back, read)
	}
	if err != nil {
		os.Remove(path)
		return "", nil, err
	}
	return path, plants, nil
}

// part reads what stands at a plant, and its margins.
func (s *Search) part(b Board, p plant) ([]byte, error) {
	path := filepath.Join(s.Scratch, "part")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC, 0o600) // QEMU would make it for everybody to read
	if err != nil {
		return nil, fmt.Errorf("forensics: %w", err)
	}
	f.Close()
	defer os.Remove(path)
	n := len(p.bytes) + 2*margin
	if _, err := b.Ask("pmemsave", map[string]any{"val": vm.RAM + p.at - margin, "size": n, "filename": path}); err != nil {
		return nil, err
	}
	out, err := os.ReadFile(path)
	if err != nil || len(out) != n {
		return nil, fmt.Errorf("forensics: %d bytes of the memory at %#x, want %d: %v", len(out), p.at, n, err)
	}
	return out, nil
}

// sort searches a copy with plants in it: what is found at a plant is the control, what stood there before counts.
func (s *Search) sort(l *Look, in io.Reader, plants []plant) error {
	spare, _ := s.Pool.Spare()
	size, err := pieces.Walk(in, s.Pool.Set(), func(p pieces.Piece) {
		if p.Frame == spare {
			l.Refound += refound(plants, p)
			return
		}
		s.add(l, p)
	})
	l.Found.Bytes = size
	if err != nil {
		return err
	}
	for _, one := range plants {
		l.Planted += len(one.bytes) - canary.Window + 1
		_, err := pieces.Walk(bytes.NewReader(one.before), s.Pool.Set(), func(p pieces.Piece) {
			p.At += one.at - margin
			s.add(l, p)
		})
		if err != nil {
			return err
		}
	}
	l.Stale, l.Oldest = l.Found.Older(s.Pool.Age)
	return nil
}

// refound is how many hits a piece of the spare frame gives of the plants that it covers. By chance it is longer than
// what was planted.
func refound(plants []plant, p pieces.Piece) (hits int) {
	for _, one := range plants {
		if p.At <= one.at && p.At+int64(p.Bytes) >= one.at+int64(len(one.bytes)) {
			hits += len(one.bytes) - canary.Window + 1
		}
	}
	return hits
}

// add counts a piece of a frame that was played.
func (s *Search) add(l *Look, p pieces.Piece) {
	l.Found.Add(p)
	if p.Row() && s.Pool.Plug(p.Frame) < l.Plugged {
		l.Before += p.Windows()
	}
}
