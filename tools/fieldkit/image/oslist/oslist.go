// Package oslist writes the list of images that Raspberry Pi Imager reads.
package oslist

// Write is for later.
func Write(to, url string, images []string) error { return nil }
