package handoff

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// Inward brings one envelope from another door of the room; it has no other fields. The courier
// cannot open it and does not try.
const Inward Kind = 4

// Back is what the courier says to the warden.
type Back struct {
	Kind Kind // Hello, Stored, Held or Inward

	// Of Stored: the item that was stored last. Upto is how many items since Hello are on disk, in the
	// order in which they were handed over; one that was there already counts too.
	Boot     [16]byte
	Sequence uint32
	Upto     uint64

	// Of Hello, Stored and Held.
	Tail    [32]byte // SHA-256 of the newest record ever queued, zeros for none
	Waiting uint64   // items in the queue
	Dropped uint64   // items that it ever pushed out unsent
	Refused uint64   // items that the server ever refused for good
	Failed  uint64   // answers and servers that were not who they should be, since Hello
	Aside   bool     // a damaged queue was found at this start and set aside

	Envelope []byte // of Inward, 1 to MaxEnvelope
}

// Layout, little endian: magic, version, kind, length of the body, body, CRC-32 of all before. The
// body of Inward is the envelope; all others have the same size.
const (
	backMagic   = "TLB"
	backVersion = 2
	backHead    = 3 + 1 + 1 + 2
	backBody    = 16 + 4 + 8 + 32 + 4*8 + 1
	backSum     = 4
)

// WriteBack says one thing with one write.
func WriteBack(w io.Writer, m Back) error {
	body := m.Envelope
	switch {
	case m.Kind == Inward && (len(body) < 1 || len(body) > MaxEnvelope):
		return fmt.Errorf("%w: envelope of %d bytes, want 1 to %d", ErrInvalid, len(body), MaxEnvelope)
	case m.Kind < Hello || m.Kind > Inward:
		return fmt.Errorf("%w: kind %d, want %d to %d", ErrInvalid, m.Kind, Hello, Inward)
	case m.Kind != Inward:
		body = m.body()
	}
	b := make([]byte, 0, backHead+len(body)+backSum)
	b = append(append(b, backMagic...), backVersion, byte(m.Kind))
	b = binary.LittleEndian.AppendUint16(b, uint16(len(body)))
	b = append(b, body...)
	b = binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
	if _, err := w.Write(b); err != nil {
		return fmt.Errorf("handoff: back: %w", err)
	}
	return nil
}

func (m *Back) body() []byte {
	b := append(make([]byte, 0, backBody), m.Boot[:]...)
	b = binary.LittleEndian.AppendUint32(b, m.Sequence)
	b = binary.LittleEndian.AppendUint64(b, m.Upto)
	b = append(b, m.Tail[:]...)
	for _, n := range [...]uint64{m.Waiting, m.Dropped, m.Refused, m.Failed} {
		b = binary.LittleEndian.AppendUint64(b, n)
	}
	if m.Aside {
		return append(b, 1)
	}
	return append(b, 0)
}

// ReadBack receives what the courier says. The error is io.EOF when the courier ended between two
// messages, and wraps ErrInvalid for what WriteBack would not have written.
func ReadBack(r io.Reader) (Back, error) {
	var buf [backHead + MaxEnvelope + backSum]byte
	if _, err := io.ReadFull(r, buf[:backHead]); err != nil {
		if errors.Is(err, io.EOF) {
			return Back{}, io.EOF
		}
		return Back{}, fmt.Errorf("handoff: back: %w", err)
	}
	m, n := Back{Kind: Kind(buf[4])}, int(binary.LittleEndian.Uint16(buf[5:]))
	right := n == backBody
	if m.Kind == Inward {
		right = n >= 1 && n <= MaxEnvelope
	}
	if string(buf[:3]) != backMagic || buf[3] != backVersion || m.Kind < Hello || m.Kind > Inward || !right {
		return Back{}, fmt.Errorf("%w: magic %q, version %d, kind %d, %d bytes", ErrInvalid, buf[:3], buf[3], m.Kind, n)
	}
	b := buf[:backHead+n+backSum]
	if _, err := io.ReadFull(r, b[backHead:]); err != nil {
		return Back{}, fmt.Errorf("handoff: back: %w", unexpected(err))
	}
	if crc32.ChecksumIEEE(b[:backHead+n]) != binary.LittleEndian.Uint32(b[backHead+n:]) {
		return Back{}, fmt.Errorf("%w: wrong checksum", ErrInvalid)
	}
	if b = b[backHead : backHead+n]; m.Kind == Inward {
		m.Envelope = append([]byte(nil), b...)
		return m, nil
	}
	return m, m.read(b)
}

func (m *Back) read(b []byte) error {
	copy(m.Boot[:], b)
	m.Sequence, m.Upto = binary.LittleEndian.Uint32(b[16:]), binary.LittleEndian.Uint64(b[20:])
	copy(m.Tail[:], b[28:])
	for i, n := range [...]*uint64{&m.Waiting, &m.Dropped, &m.Refused, &m.Failed} {
		*n = binary.LittleEndian.Uint64(b[60+8*i:])
	}
	if m.Aside = b[backBody-1] == 1; b[backBody-1] > 1 {
		return fmt.Errorf("%w: %d is neither yes nor no", ErrInvalid, b[backBody-1])
	}
	return nil
}
