package main

import (
	"crypto/tls"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tellijn/firmware/upload/collectortest"
	"tellijn/firmware/upload/mqtt/mosquittotest"
	"tellijn/firmware/upload/peer/peertest"
	"tellijn/privacy/batch"
)

// TestMQTT sends through a real broker: plain on this machine, and with certificates; the broker is
// killed and comes back.
func TestMQTT(t *testing.T) {
	for _, secure := range []bool{false, true} {
		t.Run(map[bool]string{false: "plain", true: "TLS"}[secure], func(t *testing.T) {
			var a *peertest.Authority
			var config *tls.Config
			if secure {
				a = peertest.New(t)
				f := a.Device("collector")
				pair, err := tls.X509KeyPair(f[1], f[2])
				if err != nil {
					t.Fatal(err)
				}
				config = &tls.Config{Certificates: []tls.Certificate{pair}, InsecureSkipVerify: true}
			}
			broker, col := mosquittotest.Start(t, a), collectortest.New()
			col.Envelopes = [][]byte{[]byte("for you")}
			broker.Collector(col, config)
			b := newBoard(t, broker.Address, "-kind", "mqtt", "-address", broker.Address, "-receipts", key(col), "-pace", "2s", "-poll=true")
			if secure {
				peertest.Files(t, b.dir, a.Device("north-door"))
			}
			b.start()
			b.give(0, 200)
			b.until("at the collector", func() bool { return len(col.Items()) == 200 })
			b.until("an envelope inwards", func() bool { return len(b.inward) > 0 })
			broker.Stop()
			b.give(200, 100)
			time.Sleep(300 * time.Millisecond)
			each(t, col, 200)
			broker.Again()
			broker.Collector(col, config)
			b.until("after the broker came back", func() bool { return len(col.Items()) == 300 })
			each(t, col, 300)
			b.light()
			b.end()
		})
	}
}

// TestFile has somebody carry batches to the collector and answers back.
func TestFile(t *testing.T) {
	col := collectortest.New()
	b := newBoard(t, "", "-kind", "file", "-receipts", key(col), "-pace", "1s")
	b.start()
	b.give(0, 100)
	out := filepath.Join(b.dir, "out")
	names := func() []string {
		all, _ := filepath.Glob(filepath.Join(out, "*"+batch.BatchFile))
		return all
	}
	b.until("two batches", func() bool { return len(names()) == 2 })
	for _, name := range names() {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := col.Answer(text)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(strings.TrimSuffix(name, batch.BatchFile)+batch.AnswerFile, answer, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b.until("both are gone", func() bool { return len(names()) == 0 })
	each(t, col, 100)
	b.give(100, 3)
	b.until("one more", func() bool { return len(names()) == 1 && b.waiting == 3 })
	b.light()
	b.end()

	// A damaged queue is set aside; the numbers of its files are not used again.
	was := names()[0]
	if err := os.WriteFile(filepath.Join(b.dir, "queue.db"), []byte("This is no queue."), 0o600); err != nil {
		t.Fatal(err)
	}
	b.start()
	b.give(200, 3)
	b.until("the old and a new one", func() bool { return len(names()) == 2 && names()[0] == was })
	b.end()
}
