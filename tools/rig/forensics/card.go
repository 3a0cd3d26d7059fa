package forensics

import (
	"fmt"
	"os"

	layout "tellijn/boards/card"
	"tellijn/privacy/privacytest/canary"
	"tellijn/tools/rig/forensics/pieces"
)

// card is where a card is searched.
const card = "card"

// Card searches a whole copy of a card, every partition and what lies between and behind them. Then it plants pieces of
// the spare frame in the copy and searches it again, which is the control: the copy is of no other use afterwards.
func (s *Search) Card(path, name string) (l Look, err error) {
	l = Look{Case: name, Where: card, Registers: -1, Plugged: s.Pool.Plugged(), Played: s.Pool.Begun()}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return l, fmt.Errorf("forensics: %w", err)
	}
	defer f.Close()
	if l.Found, err = pieces.Search(f, s.Pool.Set()); err != nil {
		return l, err
	}
	l.Stale, l.Oldest = l.Found.Older(s.Pool.Age)
	number, spare := s.Pool.Spare()
	plants := []plant{
		{at: layout.Sector, bytes: spare[:100]},                                      // behind the table of partitions
		{at: layout.SlotB().Start - 100, bytes: spare[1000:2000]},                    // over the border of the two slots
		{at: layout.Data().Start + layout.DataSize/2 + 333, bytes: spare[2000:5000]}, // in the files of the device
		{at: l.Found.Bytes - canary.Window, bytes: spare[5000 : 5000+canary.Window]}, // the very end
	}
	for _, p := range plants {
		if p.at < 0 || p.at+int64(len(p.bytes)) > l.Found.Bytes {
			return l, fmt.Errorf("forensics: a card of %d bytes is too small for a control at %d", l.Found.Bytes, p.at)
		}
		if _, err := f.WriteAt(p.bytes, p.at); err != nil {
			return l, fmt.Errorf("forensics: %w", err)
		}
		l.Planted += len(p.bytes) - canary.Window + 1
	}
	if _, err := f.Seek(0, 0); err != nil {
		return l, fmt.Errorf("forensics: %w", err)
	}
	_, err = pieces.Walk(f, s.Pool.Set(), func(p pieces.Piece) {
		if p.Frame == number {
			l.Refound += refound(plants, p)
		}
	})
	return l, err
}
