// Package repeat holds the test that an image can be made again by anybody, byte for byte, and nothing else.
// It is apart from the package that makes images since it builds everything twice.
package repeat
