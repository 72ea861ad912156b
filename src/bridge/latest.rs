//! Latest value: the writer overwrites, the reader sees the newest. For telemetry and meter pictures.
//!
//! A triple buffer: neither side ever waits, and a slow reader loses intermediate values, never the last one.

/// A pair that starts with `initial` on both sides.
pub fn latest<T: Clone + Send>(initial: T) -> (LatestWriter<T>, LatestReader<T>) {
    let (input, output) = triple_buffer::triple_buffer(&initial);
    (LatestWriter(input), LatestReader(output))
}

/// The half that publishes; any one thread, the audio thread included.
pub struct LatestWriter<T: Send>(triple_buffer::Input<T>);

impl<T: Send> LatestWriter<T> {
    /// Publishes a value. Drops an older one: for the audio thread, `T` must be plain.
    pub fn write(&mut self, value: T) {
        self.0.write(value);
    }

    /// Edits a value in place and publishes it. It starts as some earlier value, not necessarily the last one.
    pub fn edit(&mut self, edit: impl FnOnce(&mut T)) {
        edit(self.0.input_buffer_mut());
        self.0.publish();
    }
}

/// The half that reads; any one thread.
pub struct LatestReader<T: Send>(triple_buffer::Output<T>);

impl<T: Send> LatestReader<T> {
    /// The newest value.
    pub fn read(&mut self) -> &T {
        self.0.read()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reader_sees_the_newest() {
        let (mut writer, mut reader) = latest(0);
        assert_eq!(*reader.read(), 0);
        for value in 1..10 {
            writer.write(value);
        }
        assert_eq!(*reader.read(), 9);
        assert_eq!(*reader.read(), 9);
        writer.edit(|value| *value = 42);
        assert_eq!(*reader.read(), 42);
    }
}
