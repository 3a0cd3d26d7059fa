package talk

import (
	"errors"
	"strings"
	"testing"
)

// all has a message of each kind.
func all() []Message {
	return []Message{
		{Kind: Start, Program: Eye, Serial: 1, Files: 5},
		{Kind: Start, Program: Dialer, Serial: 9, Files: 3},
		{Kind: Term, Program: Courier, Serial: 2},
		{Kind: Kill, Program: Eye, Serial: 1 << 31},
		{Kind: Ready, Spaces: 31, Errno: 1},
		{Kind: Started, Program: Eye, Serial: 3, Pid: 77, Spaces: 31, Errno: 1, Sum: [32]byte{1, 31: 2}},
		{Kind: Refused, Program: Courier, Serial: 3, Stage: Forking, Errno: 2},
		{Kind: Ended, Program: Eye, Serial: 3, Code: -1, Signal: 9},
		{Kind: Asked},
		{Kind: Look, Program: Eye, Serial: 4},
		{Kind: Seen, Program: Eye, Serial: 4, Held: 0xffff},
	}
}

func TestBothWays(t *testing.T) {
	for _, m := range all() {
		var buf [Size]byte
		Encode(&buf, &m)
		asking := m.Kind <= Kill || m.Kind == Look
		if got, err := Decode(&buf, asking); err != nil || got != m {
			t.Errorf("%+v: %+v, %v", m, got, err)
		}
		if _, err := Decode(&buf, !asking); !errors.Is(err, ErrMalformed) {
			t.Errorf("%+v from the wrong half: %v", m, err)
		}
		for i := range buf {
			buf[i] ^= 0x20
			if _, err := Decode(&buf, asking); !errors.Is(err, ErrMalformed) {
				t.Errorf("%+v with a flipped bit in byte %d: %v", m, i, err)
			}
			buf[i] ^= 0x20
		}
	}
}

// TestRefused has what is well formed and cannot be meant.
func TestRefused(t *testing.T) {
	for _, tc := range []struct {
		m    Message
		want string
	}{
		{Message{Kind: Start, Program: Core, Serial: 1, Files: 3}, "program 0"},
		{Message{Kind: Start, Program: Count, Serial: 1, Files: 3}, "program 4"},
		{Message{Kind: Start, Program: 255, Serial: 1}, "program 255"},
		{Message{Kind: Kill, Program: Core, Serial: 1}, "program 0"},
		{Message{Kind: Start, Program: Eye}, "no serial"},
		{Message{Kind: Start, Program: Eye, Serial: 1, Files: MaxFiles + 1}, "7 descriptors"},
		{Message{Kind: Start, Program: Eye, Serial: 1, Pid: 1}, "fields that it does not have"},
		{Message{Kind: Start, Program: Eye, Serial: 1, Sum: [32]byte{9: 1}}, "fields that it does not have"},
		{Message{Kind: Kill, Program: Eye, Serial: 1, Pid: 1}, "fields that it does not have"},
		{Message{Kind: Term, Program: Eye, Serial: 1, Files: 1}, "fields that it does not have"},
		{Message{Kind: 0}, "kind 0"},
		{Message{Kind: 11}, "kind 11"},
		{Message{Kind: Ended, Program: Eye, Serial: 1}, "not for this half"},
	} {
		var buf [Size]byte
		Encode(&buf, &tc.m)
		if _, err := Decode(&buf, true); !errors.Is(err, ErrMalformed) || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%+v: %v, want %q", tc.m, err, tc.want)
		}
	}
}

// FuzzDecode sees that whatever passes can be meant, and is said in one way only.
func FuzzDecode(f *testing.F) {
	for _, m := range all() {
		var buf [Size]byte
		Encode(&buf, &m)
		f.Add(buf[:], m.Kind <= Kill)
	}
	f.Fuzz(func(t *testing.T, b []byte, asking bool) {
		var buf, again [Size]byte
		copy(buf[:], b)
		m, err := Decode(&buf, asking)
		if err != nil {
			// With a right sum it gets further, where a fuzzer otherwise rarely comes.
			copy(buf[:], "TLST\x01\x00")
			m, err = Decode(seal(&buf), asking)
		}
		if err != nil {
			if !errors.Is(err, ErrMalformed) || m != (Message{}) {
				t.Fatalf("%+v, %v", m, err)
			}
			return
		}
		if (m.Kind == Start || m.Kind == Kill || m.Kind == Term) != asking || asking && (m.Program < Eye || m.Program > Dialer) {
			t.Fatalf("let through: %+v", m)
		}
		if Encode(&again, &m); again != buf {
			t.Fatalf("%+v is said in two ways", m)
		}
	})
}

// seal puts the right sum at the end.
func seal(buf *[Size]byte) *[Size]byte {
	sum := crc(buf[:Size-4])
	for i := range 4 {
		buf[Size-4+i] = byte(sum >> (8 * i))
	}
	return buf
}
