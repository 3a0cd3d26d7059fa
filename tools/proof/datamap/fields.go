package datamap

import (
	"reflect"
	"slices"
	"strings"

	"tellijn/counting/pipeline"
	"tellijn/firmware/handoff"
	"tellijn/firmware/orders"
	"tellijn/firmware/queue"
	"tellijn/firmware/view"
	"tellijn/firmware/warden/book"
	"tellijn/firmware/warden/clerk"
	"tellijn/firmware/warden/desk"
	"tellijn/firmware/warden/ledger"
	"tellijn/firmware/warden/talk"
	"tellijn/privacy/batch"
	"tellijn/privacy/devicelog"
	"tellijn/privacy/record"
	"tellijn/privacy/room/envelope"
	"tellijn/privacy/room/message"
	"tellijn/privacy/wire"
)

// roots are the values that hold data on the way: every message, the state of counting, and what
// the warden adds up.
func roots() []reflect.Type {
	return []reflect.Type{
		reflect.TypeFor[orders.Orders](), reflect.TypeFor[pipeline.Pipeline](), reflect.TypeFor[wire.Message](),
		reflect.TypeFor[talk.Message](), reflect.TypeFor[view.State](), reflect.TypeFor[book.Book](), reflect.TypeFor[book.Closed](),
		reflect.TypeFor[desk.State](), reflect.TypeFor[clerk.Clerk](), reflect.TypeFor[ledger.Keys](), reflect.TypeFor[ledger.Item](),
		reflect.TypeFor[ledger.Entry](), reflect.TypeFor[record.Record](), reflect.TypeFor[devicelog.Entry](), reflect.TypeFor[message.Tally](),
		reflect.TypeFor[message.Receipt](), reflect.TypeFor[envelope.Envelope](), reflect.TypeFor[handoff.Item](), reflect.TypeFor[handoff.Back](),
		reflect.TypeFor[queue.Item](), reflect.TypeFor[batch.Batch](), reflect.TypeFor[batch.Answer](), reflect.TypeFor[batch.Receipt](),
	}
}

// fields gives every field of every struct of this module that can be reached from the roots, as
// "counting/track.Track.X". Fields of a struct without a name stand below the field that holds it.
// Embedded structs and fields without a name hold nothing of their own.
func fields(roots []reflect.Type) []string {
	f := finder{seen: map[reflect.Type]bool{}}
	for _, r := range roots {
		f.follow(r, "")
	}
	slices.Sort(f.found)
	return slices.Compact(f.found)
}

type finder struct {
	seen  map[reflect.Type]bool
	found []string
}

// follow goes to the struct behind pointers, arrays and the like. above names one without a name.
func (f *finder) follow(t reflect.Type, above string) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Array, reflect.Slice, reflect.Chan:
		f.follow(t.Elem(), above)
	case reflect.Map:
		f.follow(t.Key(), above+".key")
		f.follow(t.Elem(), above)
	case reflect.Struct:
		name := above
		if t.Name() != "" {
			path, own := strings.CutPrefix(t.PkgPath(), "tellijn/")
			if !own || f.seen[t] {
				return
			}
			f.seen[t] = true
			name = path + "." + plainName(t)
		}
		for i := range t.NumField() {
			field := t.Field(i)
			if field.Name == "_" {
				continue
			}
			if !field.Anonymous || field.Type.Kind() != reflect.Struct {
				f.found = append(f.found, name+"."+field.Name)
			}
			f.follow(field.Type, name+"."+field.Name)
		}
	}
}

// plainName is the name of a type without what stands in its brackets.
func plainName(t reflect.Type) string {
	name, _, _ := strings.Cut(t.Name(), "[")
	return name
}
