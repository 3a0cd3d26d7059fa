package session_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tellijn/privacy/devicelog"
	"tellijn/privacy/record"
	"tellijn/tools/rig/boot"
	"tellijn/tools/rig/session"
)

func TestTemp(t *testing.T) {
	o := session.Options{Image: "../../../" + os.Getenv("IMG"), Now: time.Date(2027, 3, 1, 8, 14, 0, 0, time.UTC), Say: func(l string) { t.Log("rig:", l) },
		Seed: 3, Boot: boot.Options{Emulated: os.Getenv("EMU"), Limit: 5 * time.Minute}}
	log, _ := os.Create(filepath.Join("../../../out/rig", filepath.Base(os.Getenv("IMG"))+os.Getenv("EMU")+".log"))
	defer log.Close()
	o.Log = log
	s, err := session.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.End()
	ctx, stop := context.WithTimeout(t.Context(), 150*time.Second)
	defer stop()
	err = s.Receiver.Await(ctx, func(r []record.Record, e []devicelog.Entry) bool { return len(r) >= 2 })
	t.Log(err)
	t.Log(s.Switch(40 * time.Second))
	t.Log("\n" + s.Figures().String())
	v, err := s.Receiver.Verify()
	t.Log(v, err)
}
