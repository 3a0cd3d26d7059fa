package tree

import "encoding/binary"

// Bytes writes the tree whose first node this is.
func (n *Node) Bytes() []byte {
	w := writer{at: map[string]uint32{}}
	w.node(n)
	w.word(end)
	reserved := n.reserved
	if len(reserved) == 0 {
		reserved = make([]byte, 16)
	}
	const atReserved = headBytes // a multiple of 8, as it has to be (5.6)
	atStructure := uint32(atReserved + len(reserved))
	atNames := atStructure + uint32(len(w.structure))
	size := atNames + uint32(len(w.names))
	var b []byte
	for _, v := range []uint32{magic, size, atStructure, atNames, atReserved, version, compatible, n.cpu, uint32(len(w.names)), uint32(len(w.structure))} {
		b = binary.BigEndian.AppendUint32(b, v)
	}
	b = append(b, reserved...)
	b = append(b, w.structure...)
	return append(b, w.names...)
}

type writer struct {
	structure, names []byte
	at               map[string]uint32
}

func (w *writer) word(v uint32) { w.structure = binary.BigEndian.AppendUint32(w.structure, v) }

// put writes bytes and fills them up to a whole word.
func (w *writer) put(b []byte) {
	w.structure = append(w.structure, b...)
	w.structure = append(w.structure, make([]byte, -len(w.structure)&3)...)
}

func (w *writer) node(n *Node) {
	w.word(beginNode)
	w.put(append([]byte(n.Name), 0))
	for _, p := range n.Props {
		at, ok := w.at[p.Name]
		if !ok {
			at = uint32(len(w.names))
			w.at[p.Name] = at
			w.names = append(append(w.names, p.Name...), 0)
		}
		w.word(property)
		w.word(uint32(len(p.Value)))
		w.word(at)
		w.put(p.Value)
	}
	for _, c := range n.Children {
		w.node(c)
	}
	w.word(endNode)
}
