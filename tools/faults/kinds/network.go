package kinds

import (
	"fmt"
	"time"

	"tellijn/tools/faults/link"
)

func network() (all []Kind) {
	all = append(all, Kind{Name: "network cut", Weight: 9, Strike: func(t *Turn) (string, error) {
		d := t.Device
		d.Net.Lock()
		defer d.Net.Unlock()
		before := d.Link.Refused()
		broken := d.Link.Cut(true)
		defer d.Link.Cut(false)
		t.rest(300*time.Millisecond, 2*time.Second)
		// It struck once a connection broke or was refused.
		for end := time.Now().Add(patience); broken == 0 && d.Link.Refused() == before; time.Sleep(20 * time.Millisecond) {
			if time.Now().After(end) {
				return "", fmt.Errorf("nothing was cut in %v", patience)
			}
		}
		return "connections broke or were refused", nil
	}})
	for kind, name := range []string{"bit flipped on the wire", "connection cut off in the middle", "bytes doubled on the wire",
		"bytes reordered on the wire", "network slow"} {
		all = append(all, Kind{Name: name, Weight: 4, Strike: func(t *Turn) (string, error) {
			f := link.Fault{Kind: link.Kind(kind), Way: link.Way(t.Random.IntN(2) == 0), At: t.Random.Uint32(),
				Skip: t.Random.IntN(3), For: 100*time.Millisecond + time.Duration(t.Random.IntN(900))*time.Millisecond}
			t.Device.Net.Lock()
			defer t.Device.Net.Unlock()
			return again(func() (string, error) { return t.Device.Link.Strike(f, 20*time.Second) })
		}})
	}
	return all
}
