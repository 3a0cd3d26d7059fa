package room

import (
	"errors"
	"testing"

	"tellijn/privacy/room/envelope"
	"tellijn/privacy/room/message"
	"tellijn/privacy/room/seal"
	"tellijn/privacy/sign"
)

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// forge makes an envelope to the head by hand: who signs what, in which header, sealed for whom and
// bound to which header.
type forgery struct {
	signer sign.Key
	kind   sign.Kind
	tally  message.Tally
	header envelope.Header
	info   envelope.Header
	to     seal.Public
}

func (f *forgery) envelope(t *testing.T) []byte {
	t.Helper()
	payload := must[[]byte](t)(f.tally.Encode())
	signed := must[[]byte](t)(f.signer.Sign(f.kind, payload))
	info := must[[]byte](t)(f.info.Encode())
	e := envelope.Envelope{Header: f.header, Body: must[[]byte](t)(seal.Seal(f.to, info, signed))}
	return must[[]byte](t)(e.Encode())
}

// What is in the header, in the seal and under the signature must be the same, by a member.
func TestTallyIsWhatTheEnvelopeSays(t *testing.T) {
	ps := posts(3)
	m := ps[0].members
	key1, _ := keys(1)
	key2, _ := keys(2)
	stranger, _ := keys(9)
	header := envelope.Header{Room: "hall-2", From: "door-1", To: "door-0", Kind: envelope.Tally, N: 1}
	both := func(f *forgery, change func(h *envelope.Header)) { change(&f.header); change(&f.info) }
	for _, tc := range []struct {
		name   string
		change func(f *forgery)
		want   error
	}{
		{"as it is", func(f *forgery) {}, nil},
		{"signed by another door", func(f *forgery) { f.signer = key2 }, ErrForged},
		{"signed by a stranger", func(f *forgery) { f.signer = stranger }, ErrForged},
		{"signed as a record", func(f *forgery) { f.kind = sign.Record }, ErrForged},
		{"signed as a receipt", func(f *forgery) { f.kind = sign.Booked }, ErrForged},
		{"sealed for another", func(f *forgery) { f.to = m.Doors[2].Seal }, ErrForged},
		{"another number outside", func(f *forgery) { f.header.N = 2 }, ErrForged},
		{"another number outside and in the seal", func(f *forgery) { both(f, func(h *envelope.Header) { h.N = 2 }) }, ErrForged},
		{"another number inside", func(f *forgery) { f.tally.N = 2 }, ErrForged},
		{"another door outside", func(f *forgery) { f.header.From = "door-2" }, ErrForged},
		{"another door outside and in the seal", func(f *forgery) { both(f, func(h *envelope.Header) { h.From = "door-2" }) }, ErrForged},
		{"another door everywhere but below the tally", func(f *forgery) {
			f.tally.Door = "door-2"
			both(f, func(h *envelope.Header) { h.From = "door-2" })
		}, ErrForged},
		{"another door inside", func(f *forgery) { f.tally.Door = "door-2" }, ErrForged},
		{"another room inside", func(f *forgery) { f.tally.Room = "hall-3" }, ErrForged},
		{"another room", func(f *forgery) { both(f, func(h *envelope.Header) { h.Room = "hall-3" }) }, ErrMisrouted},
		{"to another", func(f *forgery) { both(f, func(h *envelope.Header) { h.To = "door-2" }) }, ErrMisrouted},
		{"from a stranger", func(f *forgery) { both(f, func(h *envelope.Header) { h.From = "door-9" }) }, ErrMisrouted},
		{"a receipt by its header", func(f *forgery) { both(f, func(h *envelope.Header) { h.Kind = envelope.Receipt }) }, ErrMisrouted},
		{"another bond", func(f *forgery) { f.tally.Bond[0]++ }, ErrMisrouted},
		{"the bond of another door", func(f *forgery) { f.tally.Bond = m.bond(m.Doors[2]) }, ErrMisrouted},
	} {
		f := &forgery{key1, sign.Door, message.Tally{Room: "hall-2", Door: "door-1", Bond: m.bond(m.Doors[1]), N: 1, Forward: 5},
			header, header, m.Doors[0].Seal}
		tc.change(f)
		var h Head
		h.Bind(ps[0])
		n, err := h.Receive(ps[0], f.envelope(t))
		if !errors.Is(err, tc.want) || (tc.want == nil) != (n == 1) || (tc.want == nil) != (h.Refused() == Refused{}) {
			t.Errorf("%s: %d, %v, %+v; want %v", tc.name, n, err, h.Refused(), tc.want)
		}
	}
}

func TestReceiptIsWhatTheEnvelopeSays(t *testing.T) {
	ps := posts(3)
	m := ps[0].members
	headKey, _ := keys(0)
	key2, _ := keys(2)
	for _, tc := range []struct {
		name   string
		change func(r *message.Receipt, h *envelope.Header, k *sign.Key, kind *sign.Kind)
		want   error
	}{
		{"as it is", func(*message.Receipt, *envelope.Header, *sign.Key, *sign.Kind) {}, nil},
		{"of another member", func(_ *message.Receipt, _ *envelope.Header, k *sign.Key, _ *sign.Kind) { *k = key2 }, ErrForged},
		{"of another member, who says so", func(r *message.Receipt, h *envelope.Header, k *sign.Key, _ *sign.Kind) {
			*k, r.Head, h.From = key2, "door-2", "door-2"
		}, ErrMisrouted},
		{"signed as a tally", func(_ *message.Receipt, _ *envelope.Header, _ *sign.Key, kind *sign.Kind) { *kind = sign.Door }, ErrForged},
		{"another number outside", func(_ *message.Receipt, h *envelope.Header, _ *sign.Key, _ *sign.Kind) { h.N = 2 }, ErrForged},
		{"for another door inside", func(r *message.Receipt, _ *envelope.Header, _ *sign.Key, _ *sign.Kind) { r.Door = "door-2" }, ErrForged},
		{"for another door outside", func(_ *message.Receipt, h *envelope.Header, _ *sign.Key, _ *sign.Kind) { h.To = "door-2" }, ErrMisrouted},
		{"another room inside", func(r *message.Receipt, _ *envelope.Header, _ *sign.Key, _ *sign.Kind) { r.Room = "hall-3" }, ErrForged},
		{"another room outside", func(_ *message.Receipt, h *envelope.Header, _ *sign.Key, _ *sign.Kind) { h.Room = "hall-3" }, ErrMisrouted},
		{"another head inside", func(r *message.Receipt, _ *envelope.Header, _ *sign.Key, _ *sign.Kind) { r.Head = "door-2" }, ErrForged},
		{"another bond", func(r *message.Receipt, _ *envelope.Header, _ *sign.Key, _ *sign.Kind) { r.Bond[0]++ }, ErrMisrouted},
	} {
		r := message.Receipt{Room: "hall-2", Head: "door-0", Door: "door-1", Bond: m.bond(m.Doors[1]), N: 1, At: 5}
		h := envelope.Header{Room: "hall-2", From: "door-0", To: "door-1", Kind: envelope.Receipt, N: 1}
		key, kind := headKey, sign.Booked
		tc.change(&r, &h, &key, &kind)
		e := envelope.Envelope{Header: h, Body: must[[]byte](t)(key.Sign(kind, must[[]byte](t)(r.Encode())))}
		d := joined(t, ps[1], 1)
		news, err := d.Receive(ps[1], must[[]byte](t)(e.Encode()))
		if !errors.Is(err, tc.want) || news != (tc.want == nil) || (tc.want == nil) != (d.Refused() == Refused{}) {
			t.Errorf("%s: %v, %v, %+v; want %v", tc.name, news, err, d.Refused(), tc.want)
		}
	}
}

// A key that was renewed takes no message for the old one.
func TestRenewedKey(t *testing.T) {
	old := posts(2)
	m := old[0].members
	m.Doors = append([]Member(nil), m.Doors...)
	signing, _ := keys(7)
	m.Doors[0].Sign = signing.Public()
	_, sealing := keys(0)
	head := must[*Post](t)(NewPost(m, "door-0", signing, sealing))
	signing1, sealing1 := keys(1)
	door := must[*Post](t)(NewPost(m, "door-1", signing1, sealing1))

	var h Head
	h.Bind(head)
	b := must[[]byte](t)(old[1].sealTally(message.Tally{N: 1}))
	if _, err := h.Receive(head, b); !errors.Is(err, ErrMisrouted) {
		t.Errorf("a tally for the head before: %v", err)
	}
	d := joined(t, old[1], 3)
	if n := d.Bind(old[1]); n != 0 || d.Kept() != 3 {
		t.Errorf("the same room again: %d given up, %d kept", n, d.Kept())
	}
	receipt := must[[]byte](t)(old[0].sealReceipt(m.Doors[1], 2, 9))
	if _, err := d.Receive(door, receipt); !errors.Is(err, ErrForged) {
		t.Errorf("a receipt of the head before: %v", err)
	}
	if n := d.Bind(door); n != 3 || d.Kept() != 0 || d.Alone() || d.Refused().Forged != 1 {
		t.Errorf("another head: %d given up, %d kept, %+v", n, d.Kept(), d.Refused())
	}
	surrendered := false
	if !d.Close(900, 1, 1, func() (a, b, c uint32) { surrendered = true; return }) || !surrendered {
		t.Error("the first tally for another head surrenders")
	}
}
