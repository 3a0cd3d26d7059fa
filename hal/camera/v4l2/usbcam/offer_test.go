package usbcam

import (
	"bytes"
	"encoding/binary"
	"slices"
	"sync/atomic"
	"testing"
	"time"
)

// The formats of a camera that offers what is usual, by their number.
const (
	yuyv  = 1
	mjpeg = 2
)

// wish asks the usual camera for the smaller size of a format, 30 times a second.
func wish(format byte) []byte { return ask(&Camera{}, format, 1, 333333) }

func ask(c *Camera, format, frame byte, interval uint32) []byte {
	return c.settle(join([]byte{1, 0, format, frame}, le32(interval), make([]byte, 18)))
}

// TestOffers asks cameras for what they have and for what they do not have.
func TestOffers(t *testing.T) {
	odd := &Camera{Offers: []Offer{{MJPEG: true, Width: 353, Height: 289, Rates: []int{15, 25}, Most: 5000}, {Width: 322, Height: 181, Rates: []int{7}},
		{MJPEG: true, Width: 64, Height: 48, Rates: []int{25}}}}
	for _, tc := range []struct {
		c             *Camera
		format, frame byte
		interval      uint32
		want          [2]byte // format and frame of the answer
		every, most   uint32
	}{
		{&Camera{}, 1, 1, 333333, [2]byte{1, 1}, 333333, 320 * 240 * 2},
		{&Camera{}, 2, 2, 900000, [2]byte{2, 2}, 1000000, 640 * 480},
		{&Camera{}, 3, 3, 0, [2]byte{1, 1}, 333333, 320 * 240 * 2},
		{odd, 1, 1, 0, [2]byte{1, 1}, 666666, 5000},
		{odd, 1, 1, 410000, [2]byte{1, 1}, 400000, 5000},
		{odd, 1, 2, 410000, [2]byte{1, 2}, 400000, 64 * 48},
		{odd, 2, 1, 410000, [2]byte{2, 1}, 1428571, 322 * 181 * 2},
		{odd, 2, 2, 0, [2]byte{2, 1}, 1428571, 322 * 181 * 2},
	} {
		b := ask(tc.c, tc.format, tc.frame, tc.interval)
		every, most, payload := binary.LittleEndian.Uint32(b[4:]), binary.LittleEndian.Uint32(b[18:]), binary.LittleEndian.Uint32(b[22:])
		if len(b) != 26 || [2]byte(b[2:4]) != tc.want || every != tc.every || most != tc.most || payload != most+payloadHead {
			t.Errorf("format %d, frame %d, interval %d: % x", tc.format, tc.frame, tc.interval, b)
		}
	}
	all := odd.configuration()
	if n := binary.LittleEndian.Uint16(all[2:]); int(n) != len(all) {
		t.Errorf("the configuration has %d bytes and says %d", len(all), n)
	}
	// The frames of each format follow it: its kind, its number, width, height, default and first interval. The shortest
	// interval is the first. (UVC 1.0, payload format for uncompressed video, 3.1.2)
	var got [][6]int
	for at := 0; at < len(all); at += int(all[at]) {
		if d := all[at:]; d[1] == 0x24 && (d[2] == 5 || d[2] == 7) && d[0] > 20 {
			got = append(got, [6]int{int(d[2]), int(d[3]), int(binary.LittleEndian.Uint16(d[5:])), int(binary.LittleEndian.Uint16(d[7:])), int(binary.LittleEndian.Uint32(d[21:])), int(binary.LittleEndian.Uint32(d[26:]))})
		}
	}
	if want := [][6]int{{7, 1, 353, 289, 666666, 400000}, {7, 2, 64, 48, 400000, 400000}, {5, 1, 322, 181, 1428571, 1428571}}; !slices.Equal(got, want) {
		t.Errorf("frames %v, want %v", got, want)
	}
}

// TestTold sees that frames of others pass through whole, none before it is ready, and what is heard of the stream.
func TestTold(t *testing.T) {
	var ready atomic.Bool
	heard := make(chan Event, 10)
	frame := []byte{0xFF, 0xD8, 1, 2, 3, 0xFF, 0xD9}
	c := &Camera{Ready: ready.Load, Code: func(uint32) []byte { return frame }, Seen: func(e Event) { heard <- e }}
	q := plug(t, c)
	q.control(0x21, setCur, 2<<8, 1, 26, wish(mjpeg)...)
	time.AfterFunc(50*time.Millisecond, func() { ready.Store(true) })
	began := time.Now()
	if p := q.pull(512); !bytes.Equal(p[payloadHead:], frame) {
		t.Errorf("% x", p)
	}
	if took := time.Since(began); took < 50*time.Millisecond {
		t.Errorf("a frame came %v before it was ready", 50*time.Millisecond-took)
	}
	q.control(0x21, setCur, 2<<8, cameraUnit<<8, 1, 1)
	q.control(0x02, clearFeature, 0, bulkIn, 0)
	q.control(0x02, clearFeature, 0, bulkIn, 0) // which changes nothing any more
	q.control(0x21, setCur, 2<<8, 1, 26, wish(mjpeg)...)
	q.conn.Close()
	for i, want := range []Event{Started, Sent, Held, Stopped, Started, Pulled} {
		select {
		case got := <-heard:
			if got != want {
				t.Errorf("heard %v as number %d, want %v", got, i+1, want)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("nothing more is heard, want %v as number %d", want, i+1)
		}
	}
}

// TestLong: the frame goes on behind the most that was agreed, in a second payload of the same frame.
func TestLong(t *testing.T) {
	c := &Camera{Fault: func(n uint32) Fault { return map[uint32]Fault{0: Long}[n] }}
	q := plug(t, c)
	q.control(0x21, setCur, 2<<8, 1, 26, wish(yuyv)...)
	first, second, next := q.pull(16384), q.pull(16384), q.pull(16384)
	if len(first) != payloadHead+320*240*2 || len(second) != payloadHead+320*240 || len(next) != len(first) {
		t.Errorf("payloads of %d, %d and %d bytes", len(first), len(second), len(next))
	}
	if first[1]&bitEnd != 0 || second[1]&bitEnd == 0 || (first[1]^second[1])&bitFrame != 0 || (second[1]^next[1])&bitFrame == 0 {
		t.Errorf("headers % x, % x, % x", first[1], second[1], next[1])
	}
}

// TestHalf: half of a frame comes in whole transfers, then nothing until the guest begins anew.
func TestHalf(t *testing.T) {
	heard := make(chan Event, 10)
	c := &Camera{Fault: func(n uint32) Fault { return map[uint32]Fault{0: Half}[n] }, Seen: func(e Event) { heard <- e }}
	q := plug(t, c)
	q.control(0x21, setCur, 2<<8, 1, 26, wish(yuyv)...)
	half, ask := (payloadHead+320*240)/16384*16384, func(id uint64) {
		q.send(bulk, id, []byte{bulkIn, 0}, le16(16384), le32(0), le16(0))
	}
	for got := 0; got < half; got += 16384 {
		ask(3)
		if _, b := q.want(bulk); len(b) != 10+16384 {
			t.Fatalf("a transfer of %d bytes behind %d", len(b)-10, got)
		}
	}
	ask(4)
	if first, second := <-heard, <-heard; first != Started || second != Paused {
		t.Errorf("heard %v and %v, want that it paused", first, second)
	}
	ask(5)
	for id := uint64(4); id < 6; id++ {
		q.send(cancel, id)
		if got, b := q.want(bulk); got != id || b[1] != 1 { // and no data before
			t.Errorf("transfer %d: %d, % x", id, got, b[:2])
		}
	}
	q.control(0x02, clearFeature, 0, bulkIn, 0)
	q.control(0x21, setCur, 2<<8, 1, 26, wish(yuyv)...)
	if p := q.pull(16384); len(p) != payloadHead+320*240*2 {
		t.Errorf("anew: %d bytes", len(p))
	}
}

// TestAfter makes up for what came late, but not for more than one frame.
func TestAfter(t *testing.T) {
	c, now := &Camera{Pace: time.Hour}, time.Now()
	for back, want := range map[time.Duration]time.Duration{0: time.Hour, time.Hour / 2: time.Hour / 2, -time.Minute: time.Hour + time.Minute} {
		if got := c.after(now.Add(-back)).Sub(now); got != want {
			t.Errorf("due %v ago: the next in %v, want %v", back, got, want)
		}
	}
	if got := c.after(now.Add(-5 * time.Hour)); got.Before(now) || time.Since(got) < 0 {
		t.Errorf("long late: %v, want now", got)
	}
}
