package clip_test

import (
	"bytes"
	"errors"
	"fmt"

	"tellijn/hal/camera"
	"tellijn/hal/camera/clip"
)

func ExampleNewReader() {
	file := []byte("YUV4MPEG2 W8 H8 F25:1 Cmono\n")
	for range 3 {
		file = append(file, "FRAME\n"...)
		file = append(file, make([]byte, 64)...)
	}
	c, err := clip.NewReader(bytes.NewReader(file), int64(len(file)), clip.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	var f camera.Frame
	for {
		err := c.Borrow(&f)
		if errors.Is(err, camera.ErrEnded) {
			break
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("frame %d of %d: %d bytes of %v\n", f.Sequence, c.Frames(), len(f.Data), c.Format().Pixel)
		c.Return(&f)
	}
	// Output:
	// frame 0 of 3: 64 bytes of GREY
	// frame 1 of 3: 64 bytes of GREY
	// frame 2 of 3: 64 bytes of GREY
}
