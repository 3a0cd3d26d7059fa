package usbcam

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"testing"
	"time"
)

// qemu is the other side of the connection.
type qemu struct {
	t    *testing.T
	conn net.Conn
	wide bool
}

func plug(t *testing.T, c *Camera) *qemu {
	t.Helper()
	here, there := net.Pipe()
	done := make(chan error, 1)
	go func() { done <- c.Serve(there) }()
	t.Cleanup(func() {
		here.Close()
		if err := <-done; err == nil {
			t.Error("Serve ended without an error")
		}
	})
	here.SetDeadline(time.Now().Add(10 * time.Second))
	q := &qemu{t: t, conn: here}
	q.want(hello)
	q.send(hello, 0, make([]byte, 64), le32(ours))
	q.wide = true
	q.want(endpointInfo)
	q.want(interfaceInfo)
	q.want(connect)
	return q
}

func (q *qemu) send(kind uint32, id uint64, parts ...[]byte) {
	q.t.Helper()
	body := join(parts...)
	b := join(le32(kind), le32(uint32(len(body))))
	if q.wide {
		b = binary.LittleEndian.AppendUint64(b, id)
	} else {
		b = append(b, le32(uint32(id))...)
	}
	if _, err := q.conn.Write(append(b, body...)); err != nil {
		q.t.Fatal(err)
	}
}

// want takes one packet of this type, and gives its id and body.
func (q *qemu) want(kind uint32) (uint64, []byte) {
	q.t.Helper()
	head := make([]byte, 12, 16)
	if q.wide {
		head = head[:16]
	}
	if _, err := io.ReadFull(q.conn, head); err != nil {
		q.t.Fatal(err)
	}
	if got := binary.LittleEndian.Uint32(head); got != kind {
		q.t.Fatalf("packet type %d, want %d", got, kind)
	}
	body := make([]byte, binary.LittleEndian.Uint32(head[4:]))
	if _, err := io.ReadFull(q.conn, body); err != nil {
		q.t.Fatal(err)
	}
	return binary.LittleEndian.Uint64(append(head[8:len(head):len(head)], 0, 0, 0, 0)), body
}

// control makes one control request; the status byte comes in with rubbish, as from QEMU.
func (q *qemu) control(kind, req byte, value, index, length uint16, data ...byte) (status byte, out []byte) {
	q.t.Helper()
	q.send(control, 7, []byte{kind & 0x80, req, kind, 99}, le16(value), le16(index), le16(length), data)
	id, b := q.want(control)
	if id != 7 || kind&0x80 != 0 && int(binary.LittleEndian.Uint16(b[8:])) != len(b)-10 {
		q.t.Fatalf("reply %d: % x", id, b)
	}
	return b[3], b[10:]
}

func TestDescriptors(t *testing.T) {
	q := plug(t, &Camera{})
	for kind, size := range map[uint16]int{1: 18, 2: 9} {
		status, b := q.control(0x80, getDescriptor, kind<<8, 0, uint16(size))
		if status != 0 || len(b) != size || b[0] != byte(size) && kind == 1 {
			t.Errorf("descriptor %d: status %d, % x", kind, status, b)
		}
		if kind == 2 {
			total := binary.LittleEndian.Uint16(b[2:])
			_, all := q.control(0x80, getDescriptor, kind<<8, 0, total+100)
			if len(all) != int(total) {
				t.Errorf("configuration has %d bytes and says %d", len(all), total)
			}
			for at := 0; at < len(all); at += int(all[at]) { // a chain of lengths, to the very end
				if all[at] < 2 || at+int(all[at]) > len(all) {
					t.Fatalf("descriptor at %d claims %d bytes", at, all[at])
				}
			}
		}
	}
	if status, _ := q.control(0x80, getDescriptor, 9<<8, 0, 10); status != stall {
		t.Errorf("unknown descriptor: status %d", status)
	}
	if _, b := q.control(0x80, getDescriptor, 3<<8|2, 0x409, 255); !bytes.Contains(b, []byte{'T', 0, 'e', 0}) {
		t.Errorf("name: % x", b)
	}
}

func TestControls(t *testing.T) {
	c := &Camera{}
	q := plug(t, c)
	if status, _ := q.control(0x21, setCur, 4<<8, cameraUnit<<8, 4, 50, 0, 0, 0); status != stall {
		t.Error("the exposure was set while it is automatic")
	}
	if status, _ := q.control(0x21, setCur, 2<<8, cameraUnit<<8, 1, 1); status != 0 || c.Value(ExposureMode) != 1 {
		t.Errorf("exposure by hand: status %d, %d", status, c.Value(ExposureMode))
	}
	if status, _ := q.control(0x21, setCur, 4<<8, cameraUnit<<8, 4, 0x34, 0x12, 0, 0); status != 0 || c.Value(ExposureTime) != 0x1234 {
		t.Errorf("exposure: status %d, %#x", status, c.Value(ExposureTime))
	}
	if _, b := q.control(0xA1, getCur, 4<<8, cameraUnit<<8, 4); !bytes.Equal(b, le32(0x1234)) {
		t.Errorf("exposure reads % x", b)
	}
	if status, _ := q.control(0xA1, getCur, 0x30<<8, cameraUnit<<8, 4); status != stall {
		t.Errorf("unknown control: status %d", status)
	}
}

// pull takes transfers of size bytes until one is not full, and gives the payload.
func (q *qemu) pull(size int) (payload []byte) {
	q.t.Helper()
	for {
		q.send(bulk, 3, []byte{bulkIn, 0}, le16(uint16(size)), le32(0), le16(uint16(size>>16)))
		_, b := q.want(bulk)
		payload = append(payload, b[10:]...)
		if n := len(b) - 10; n < size || len(payload) == payloadHead+320*240*2 {
			return payload
		}
	}
}

func TestStream(t *testing.T) {
	faults := map[uint32]Fault{1: Error, 2: Short}
	c := &Camera{Fault: func(n uint32) Fault { return faults[n] }}
	q := plug(t, c)
	start := func(format byte) {
		q.control(0x21, setCur, 1<<8, 1, 26, wish(format)...)
		_, got := q.control(0xA1, getCur, 1<<8, 1, 26)
		if len(got) != 26 || got[2] != format {
			t.Fatalf("probe: % x", got)
		}
		q.control(0x21, setCur, 2<<8, 1, 26, got...)
	}
	start(yuyv)
	full := payloadHead + 320*240*2
	last := byte(0xFF)
	for i, want := range []struct {
		size int
		bits byte
	}{{full, 0}, {full, bitError}, {payloadHead + 320*240, 0}, {full, 0}} {
		p := q.pull(16384)
		if len(p) != want.size || p[1]&bitError != want.bits || p[1]&bitEnd == 0 || p[1]&bitFrame == last {
			t.Errorf("frame %d: %d bytes, header % x, want %+v", i, len(p), p[:2], want)
		}
		if n := binary.LittleEndian.Uint32(p[payloadHead+2:]); n != uint32(i+1) {
			t.Errorf("frame %d carries number %d", i, n)
		}
		last = p[1] & bitFrame
	}
	q.control(0x02, clearFeature, 0, bulkIn, 0) // stop, and begin another format
	q.send(bulk, 4, []byte{bulkIn, 0}, le16(100), le32(0), le16(0))
	q.send(cancel, 4)
	if _, b := q.want(bulk); b[1] != 1 {
		t.Errorf("a cancelled transfer is answered with status %d", b[1])
	}
	start(mjpeg)
	p := q.pull(512)
	if len(p) < 1000 || !bytes.Equal(p[payloadHead:payloadHead+2], []byte{0xFF, 0xD8}) || !bytes.Equal(p[len(p)-2:], []byte{0xFF, 0xD9}) {
		t.Errorf("compressed frame of %d bytes", len(p))
	}
	if c.Frames() != 5 {
		t.Errorf("%d frames, want 5", c.Frames())
	}
}

// A payload that fills its last transfer is ended by an empty one.
func TestFullLastTransfer(t *testing.T) {
	c := &Camera{}
	q := plug(t, c)
	q.control(0x21, setCur, 2<<8, 1, 26, wish(mjpeg)...)
	n := len(q.pull(4096)) // frame 0
	c.mu.Lock()
	c.frames = 0
	c.mu.Unlock()
	q.send(bulk, 5, []byte{bulkIn, 0}, le16(uint16(n)), le32(0), le16(uint16(n>>16)))
	_, first := q.want(bulk)
	q.send(bulk, 6, []byte{bulkIn, 0}, le16(uint16(n)), le32(0), le16(uint16(n>>16)))
	_, second := q.want(bulk)
	if len(first) != 10+n || len(second) != 10 {
		t.Errorf("transfers of %d and %d bytes, want %d and 0", len(first)-10, len(second)-10, n)
	}
}

func TestRubbishEndsIt(t *testing.T) {
	for _, b := range [][]byte{join(le32(control), le32(3), le32(0), le32(0), []byte{1, 2, 3}), join(le32(bulk), le32(1<<30), le32(0), le32(0))} {
		c := &Camera{}
		here, there := net.Pipe()
		done := make(chan error, 1)
		go func() { done <- c.Serve(there) }()
		q := &qemu{t: t, conn: here}
		here.SetDeadline(time.Now().Add(10 * time.Second))
		q.want(hello)
		q.send(hello, 0, make([]byte, 64), le32(ours))
		q.wide = true
		q.want(endpointInfo)
		q.want(interfaceInfo)
		q.want(connect)
		if _, err := here.Write(b); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-done:
			if err == nil || err == io.EOF {
				t.Errorf("rubbish: %v", err)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("rubbish was waited on")
		}
		here.Close()
	}
}
