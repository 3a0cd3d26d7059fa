package setter

import (
	"io"
	"net/netip"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tellijn/firmware/scout/belief"
	"tellijn/firmware/scout/lease"
	"tellijn/firmware/scout/talk"
)

// TestLiar has an asker that says anything that a message has room for. Nothing is set outside the bounds,
// no other interface is touched, the clock stays within its bounds, and people are told little.
func TestLiar(t *testing.T) {
	address := rapid.Custom(func(r *rapid.T) netip.Addr {
		return netip.AddrFrom4([4]byte(rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(r, "address")))
	})
	any := rapid.Custom(func(r *rapid.T) talk.Message {
		m := talk.Message{Kind: talk.Kind(rapid.IntRange(4, 7).Draw(r, "kind")), Index: uint32(rapid.IntRange(0, 4).Draw(r, "index"))}
		switch m.Kind {
		case talk.Leased:
			m.Lease = lease.Lease{Address: netip.PrefixFrom(address.Draw(r, "own"), rapid.IntRange(0, 32).Draw(r, "bits")), For: time.Duration(rapid.Uint32().Draw(r, "seconds")) * time.Second}
			if rapid.Bool().Draw(r, "with a gateway") {
				m.Lease.Gateway = address.Draw(r, "gateway")
			}
			if rapid.Bool().Draw(r, "good") {
				m.Lease = leased(0).Lease
				m.Lease.Names[1] = address.Draw(r, "name")
			}
		case talk.Sample:
			m.Time = floor().Add(time.Duration(rapid.Int64().Draw(r, "time")))
			m.Boot = time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(r, "boot"))
			m.Error = time.Duration(rapid.Int64Range(0, 1<<40).Draw(r, "error"))
			m.Source = uint8(rapid.IntRange(0, 3).Draw(r, "source"))
		case talk.Word:
			m.Code = talk.Code(rapid.IntRange(1, 13).Draw(r, "code"))
		}
		return m
	})
	rapid.Check(t, func(r *rapid.T) {
		s, w := begin(t, nil)
		for range rapid.IntRange(1, 60).Draw(r, "messages") {
			if rapid.Bool().Draw(r, "time passes") {
				w.goes(s, time.Duration(rapid.IntRange(1, 30).Draw(r, "seconds"))*time.Second)
			}
			m := any.Draw(r, "message")
			if m.Kind == talk.Sample && rapid.Bool().Draw(r, "now") {
				m.Boot, m.Error = w.boot, 0
			}
			w.says(s, m)
			for index, l := range w.set {
				if index != 2 || l.Check(true) != nil {
					r.Fatalf("interface %d was set to %v", index, &l)
				}
			}
			if now := w.Now(); now.Before(floor()) || now.After(floor().Add(belief.Ahead+w.boot+time.Minute)) {
				r.Fatalf("the clock shows %v", now)
			}
		}
		if n := strings.Count(w.out.String(), "\n"); n > linesBurst+int(w.boot/linesEvery)+1 {
			r.Fatalf("%d lines", n)
		}
	})
}

// TestFlood has an asker that says as much as it can: it is ended, and others are started less and less often.
func TestFlood(t *testing.T) {
	s, w := begin(t, nil)
	for w.boot < time.Hour {
		for n := 0; s.asker != nil; n++ {
			ended := w.ended
			w.says(s, leased(2))
			if w.ended > ended {
				s.listen(Heard{}, false)
			}
			if n > burst+1 {
				t.Fatalf("%d messages at once", n)
			}
		}
		w.goes(s, time.Second)
	}
	if w.started > 70 || w.ended != w.started && w.ended != w.started-1 {
		t.Errorf("%d started, %d ended in an hour", w.started, w.ended)
	}
	if n := strings.Count(w.out.String(), "\n"); n > 20 {
		t.Errorf("%d lines:\n%s", n, &w.out)
	}
	if w.sets > 70*(burst+1) {
		t.Errorf("set %d times", w.sets)
	}
}

// TestBadAskers end, hang, talk nonsense or do not listen: each is ended and another one started.
func TestBadAskers(t *testing.T) {
	for name, does := range map[string]func(s *Setter, w *world){
		"ends":            func(s *Setter, _ *world) { s.listen(Heard{Err: io.EOF}, true) },
		"talks nonsense":  func(s *Setter, _ *world) { s.listen(Heard{Err: talk.ErrMalformed}, true) },
		"does not listen": func(s *Setter, w *world) { w.deaf = true; s.ask(); w.deaf = false },
	} {
		s, w := begin(t, nil)
		if does(s, w); w.ended != 1 {
			t.Errorf("%s: ended %d times", name, w.ended)
		}
		s.listen(Heard{}, false)
		if s.asker != nil {
			t.Errorf("%s: it is still there", name)
		}
		w.goes(s, 2*time.Second)
		if w.started != 2 || w.told[len(w.told)-1].Kind != talk.Link {
			t.Errorf("%s: %d started, told %+v", name, w.started, w.told)
		}
	}
}
