package card

import "testing"

func TestLayout(t *testing.T) {
	end := int64(MiB)
	for i, p := range All() {
		if p.Number != i+1 || p.Start < end || p.Start%MiB != 0 || p.Size%MiB != 0 || len(p.Label) > 11 {
			t.Errorf("%+v behind %d", p, end)
		}
		end = p.Start + p.Size
	}
	if end > Size || Size&(Size-1) != 0 || SlotA().Size != SlotB().Size || SlotMost > SlotA().Size/2+SlotA().Size/4 {
		t.Errorf("ends at %d of %d", end, Size)
	}
	if DataSize > Aside || Aside+DataSize > Data().Size {
		t.Error("a damaged file system has no room beside a new one")
	}
}
