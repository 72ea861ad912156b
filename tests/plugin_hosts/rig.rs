//! A small CLAP host: one plugin instance, stereo audio, events at any frame.

use std::ffi::{CStr, CString};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use clack_extensions::gui::{GuiSize, HostGui, HostGuiImpl};
use clack_extensions::latency::{HostLatency, HostLatencyImpl, PluginLatency};
use clack_extensions::params::{
    HostParams, HostParamsImplMainThread, HostParamsImplShared, ParamClearFlags, ParamInfoBuffer,
    ParamInfoFlags, ParamRescanFlags, PluginParams,
};
use clack_extensions::render::{PluginRender, RenderMode};
use clack_extensions::state::PluginState;
use clack_host::events::event_types::{NoteOffEvent, NoteOnEvent, ParamValueEvent, TransportEvent};
use clack_host::prelude::*;

pub const EFFECT: &CStr = c"org.auracore.auracore";
pub const INSTRUMENT: &CStr = c"org.auracore.instrument";

/// What the plugin asked the host for.
#[derive(Default)]
pub struct Requests {
    pub restart: AtomicBool,
    pub callback: AtomicBool,
    pub latency_changes: AtomicU32,
    /// Whether the host is activating the plugin: the only time at which it may be told of a latency.
    is_activating: AtomicBool,
}

impl SharedHandler<'_> for Requests {
    fn request_restart(&self) {
        self.restart.store(true, Ordering::SeqCst);
    }

    fn request_process(&self) {}

    fn request_callback(&self) {
        self.callback.store(true, Ordering::SeqCst);
    }
}

impl HostParamsImplShared for Requests {
    fn request_flush(&self) {}
}

impl HostGuiImpl for Requests {
    fn resize_hints_changed(&self) {}

    fn request_resize(&self, _new_size: GuiSize) -> Result<(), HostError> {
        Ok(())
    }

    fn request_show(&self) -> Result<(), HostError> {
        Ok(())
    }

    fn request_hide(&self) -> Result<(), HostError> {
        Ok(())
    }

    fn closed(&self, _was_destroyed: bool) {}
}

pub struct Main<'a>(&'a Requests);

impl<'a> MainThreadHandler<'a> for Main<'a> {}

impl HostLatencyImpl for Main<'_> {
    fn changed(&self) {
        assert!(self.0.is_activating.load(Ordering::SeqCst), "told of a latency while not activating");
        self.0.latency_changes.fetch_add(1, Ordering::SeqCst);
    }
}

impl HostParamsImplMainThread for Main<'_> {
    fn rescan(&self, _flags: ParamRescanFlags) {}
    fn clear(&self, _param_id: ClapId, _flags: ParamClearFlags) {}
}

pub struct TestHost;

impl HostHandlers for TestHost {
    type Shared<'a> = Requests;
    type MainThread<'a> = Main<'a>;
    type AudioProcessor<'a> = ();

    fn declare_extensions(builder: &mut HostExtensions<Self>, _shared: &Self::Shared<'_>) {
        builder.register::<HostParams>().register::<HostLatency>().register::<HostGui>();
    }
}

/// A parameter as the plugin describes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    pub id: ClapId,
    pub name: String,
    pub module: String,
    pub flags: ParamInfoFlags,
    pub max: f64,
    pub default: f64,
}

/// A parameter change at a frame of a render.
#[derive(Debug, Clone, Copy)]
pub struct Change {
    pub frame: usize,
    pub id: ClapId,
    pub value: f64,
}

/// How the host treats the edges between blocks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Edges {
    Plain,
    /// `reset` before every block.
    Reset,
    /// `stop_processing` and `start_processing` around every block.
    Restart,
}

pub struct Rig {
    processor: Option<PluginAudioProcessor<TestHost>>,
    pub instance: PluginInstance<TestHost>,
    /// Audio inputs: 2 for main and side-chain, 1 for main only, 0 for none; each stereo unless `channels` is 1.
    pub inputs: usize,
    pub channels: usize,
    /// What the host says about its timeline in the next block; nothing by itself.
    pub transport: Option<TransportEvent>,
}

/// Where plugins look for the settings of the user from now on: a folder of this process that nobody has made yet,
/// because no test may depend on the settings of whoever runs it.
pub fn settings_home() -> &'static Path {
    static HOME: OnceLock<PathBuf> = OnceLock::new();
    HOME.get_or_init(|| {
        let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("home-{}", std::process::id()));
        // Before the first plugin of the process: nothing but the standard library, which has a lock, reads the
        // environment yet.
        #[allow(unsafe_code)]
        unsafe {
            std::env::set_var("XDG_CONFIG_HOME", &home)
        };
        home
    })
}

impl Rig {
    pub fn new(entry: &PluginEntry, id: &CStr) -> Self {
        settings_home();
        let info = HostInfo::new("Test rig", "AuraCore", "", "1").unwrap();
        let instance =
            PluginInstance::<TestHost>::new(|_| Requests::default(), |shared| Main(shared), entry, id, &info)
                .unwrap();
        Self {
            processor: None,
            instance,
            inputs: if id == EFFECT { 2 } else { 0 },
            channels: 2,
            transport: None,
        }
    }

    /// Tells the plugin that the next activation is for a render that takes its time, or not.
    #[allow(dead_code)] // each test executable uses its own part of the rig
    pub fn set_offline(&mut self, is_offline: bool) {
        let handle = self.instance.plugin_handle();
        let render = handle.get_extension::<PluginRender>().unwrap();
        let mode = if is_offline { RenderMode::Offline } else { RenderMode::Realtime };
        render.set(&handle, mode).unwrap();
    }

    pub fn activate(&mut self, sample_rate: f64, max_frames: u32) {
        let config =
            PluginAudioConfiguration { sample_rate, min_frames_count: 1, max_frames_count: max_frames };
        let set = |rig: &Self, now| {
            rig.instance
                .access_shared_handler(|requests| requests.is_activating.store(now, Ordering::SeqCst));
        };
        set(self, true);
        let processor = self.instance.activate(|_, _| (), config).unwrap();
        set(self, false);
        self.processor = Some(processor.start_processing().unwrap().into());
        self.run_callbacks();
        assert!(!self.take_restart_request(), "activation asks for one more");
    }

    pub fn deactivate(&mut self) {
        if let Some(processor) = self.processor.take() {
            self.instance.deactivate(processor.into_stopped());
        }
    }

    /// What a host does in its main loop.
    pub fn run_callbacks(&mut self) {
        while self.instance.access_shared_handler(|requests| requests.callback.swap(false, Ordering::SeqCst))
        {
            self.instance.call_on_main_thread_callback();
        }
    }

    pub fn take_restart_request(&self) -> bool {
        self.instance.access_shared_handler(|requests| requests.restart.swap(false, Ordering::SeqCst))
    }

    pub fn latency(&mut self) -> usize {
        let handle = self.instance.plugin_handle();
        handle.get_extension::<PluginLatency>().unwrap().get(&handle) as usize
    }

    pub fn params(&mut self) -> Vec<Param> {
        let handle = self.instance.plugin_handle();
        let params = handle.get_extension::<PluginParams>().unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        (0..params.count(&handle))
            .map(|index| {
                let mut buffer = ParamInfoBuffer::new();
                let info = params.get_info(&handle, index, &mut buffer).unwrap();
                assert_eq!(info.min_value, 0.0);
                Param {
                    id: info.id,
                    name: text(info.name),
                    module: text(info.module),
                    flags: info.flags,
                    max: info.max_value,
                    default: info.default_value,
                }
            })
            .collect()
    }

    pub fn id(&mut self, name: &str) -> ClapId {
        let params = self.params();
        params.iter().find(|param| param.name == name).unwrap_or_else(|| panic!("no parameter {name}")).id
    }

    /// The change that sets a parameter to what a person would type.
    pub fn typed(&mut self, frame: usize, name: &str, text: &str) -> Change {
        let id = self.id(name);
        let handle = self.instance.plugin_handle();
        let params = handle.get_extension::<PluginParams>().unwrap();
        let value = params.text_to_value(&handle, id, &CString::new(text).unwrap());
        Change { frame, id, value: value.unwrap_or_else(|| panic!("{name} refuses {text}")) }
    }

    pub fn values(&mut self) -> Vec<f64> {
        let ids: Vec<ClapId> = self.params().iter().map(|param| param.id).collect();
        let handle = self.instance.plugin_handle();
        let params = handle.get_extension::<PluginParams>().unwrap();
        ids.iter().map(|id| params.get_value(&handle, *id).unwrap()).collect()
    }

    /// Sets parameters of a plugin that is not active.
    pub fn set(&mut self, changes: &[Change]) {
        let mut handle = self.instance.inactive_plugin_handle().unwrap();
        let params = handle.get_extension::<PluginParams>().unwrap();
        params.flush(&mut handle, &events(changes, 0..usize::MAX).as_input(), &mut OutputEvents::void());
    }

    pub fn save(&mut self) -> Vec<u8> {
        let handle = self.instance.plugin_handle();
        let mut bytes = Vec::new();
        handle.get_extension::<PluginState>().unwrap().save(&handle, &mut bytes).unwrap();
        bytes
    }

    pub fn load(&mut self, mut bytes: &[u8]) -> bool {
        let handle = self.instance.plugin_handle();
        handle.get_extension::<PluginState>().unwrap().load(&handle, &mut bytes).is_ok()
    }

    /// Renders in blocks of the lengths that `blocks` repeats. The side-chain gets the input reversed in polarity.
    pub fn render(
        &mut self,
        input: &[Vec<f32>; 2],
        blocks: &[usize],
        changes: &[Change],
        edges: Edges,
    ) -> [Vec<f32>; 2] {
        let mut output = [Vec::new(), Vec::new()];
        let (mut at, mut lengths) = (0, blocks.iter().cycle());
        while at < input[0].len() {
            let end = input[0].len().min(at + lengths.next().unwrap());
            let mut block = Block::new(input, at..end);
            if at > 0 {
                self.edge(edges);
            }
            self.process(&mut block, &events(changes, at..end));
            output.iter_mut().zip(&block.output).for_each(|(all, block)| all.extend_from_slice(block));
            at = end;
        }
        output
    }

    fn edge(&mut self, edges: Edges) {
        let processor = self.processor.as_mut().unwrap();
        match edges {
            Edges::Plain => {}
            Edges::Reset => processor.reset(),
            Edges::Restart => {
                processor.stop_processing().unwrap();
                processor.start_processing().unwrap();
            }
        }
    }

    pub fn reset(&mut self) {
        self.edge(Edges::Reset);
    }

    /// Stops and starts processing.
    pub fn restart(&mut self) {
        self.edge(Edges::Restart);
    }

    pub fn process(&mut self, block: &mut Block, events: &EventBuffer) -> ProcessStatus {
        self.process_within(block, events, |call| call())
    }

    /// Like [`Rig::process`], with the plugin's part handed to `around`.
    pub fn process_within(
        &mut self,
        block: &mut Block,
        events: &EventBuffer,
        around: impl FnOnce(&mut dyn FnMut()),
    ) -> ProcessStatus {
        let channels = self.channels;
        let ports = [(&mut block.input, channels), (&mut block.sidechain, 2)];
        let inputs: Vec<_> = ports.into_iter().take(self.inputs).collect();
        let input = block.input_ports.with_input_buffers(inputs.into_iter().map(|(port, channels)| {
            AudioPortBuffer {
                latency: 0,
                channels: AudioPortBufferType::f32_input_only(
                    port.iter_mut().take(channels).map(InputChannel::variable),
                ),
            }
        }));
        let mut output = block.output_ports.with_output_buffers([AudioPortBuffer {
            latency: 0,
            channels: AudioPortBufferType::f32_output_only(
                block.output.iter_mut().take(channels).map(Vec::as_mut_slice),
            ),
        }]);
        let processor = self.processor.as_mut().unwrap().as_started_mut().unwrap();
        let mut status = None;
        let events = events.as_input();
        let transport = self.transport.take();
        around(&mut || {
            status = Some(processor.process(
                &input,
                &mut output,
                &events,
                &mut OutputEvents::void(),
                None,
                transport.as_ref(),
            ));
        });
        status.unwrap().unwrap()
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        self.deactivate();
    }
}

/// Buffers of one process call.
pub struct Block {
    pub input: [Vec<f32>; 2],
    pub sidechain: [Vec<f32>; 2],
    pub output: [Vec<f32>; 2],
    input_ports: AudioPorts,
    output_ports: AudioPorts,
}

impl Block {
    pub fn new(input: &[Vec<f32>; 2], range: Range<usize>) -> Self {
        let input = input.each_ref().map(|channel| channel[range.clone()].to_vec());
        Self {
            sidechain: input.each_ref().map(|channel| channel.iter().map(|x| -x).collect()),
            // What a host left in its buffer must not matter.
            output: [vec![7.0; range.len()], vec![-7.0; range.len()]],
            input,
            input_ports: AudioPorts::with_capacity(4, 2),
            output_ports: AudioPorts::with_capacity(2, 1),
        }
    }
}

/// The changes within a block, at frames relative to it.
pub fn events(changes: &[Change], block: Range<usize>) -> EventBuffer {
    let mut buffer = EventBuffer::with_capacity(changes.len());
    for change in changes.iter().filter(|change| block.contains(&change.frame)) {
        let frame = (change.frame - block.start) as u32;
        buffer.push(&ParamValueEvent::new(frame, change.id, Pckn::match_all(), change.value));
    }
    buffer
}

/// A note at the start of a block.
#[allow(dead_code)] // each test executable uses its own part of the rig
pub fn note() -> EventBuffer {
    let mut buffer = EventBuffer::new();
    buffer.push(&NoteOnEvent::new(0, Pckn::new(0_u16, 0_u16, 60_u16, 1_u32), 0.8));
    buffer
}

/// A note that begins or ends at a frame of a block.
#[allow(dead_code)]
pub fn push_note(events: &mut EventBuffer, frame: usize, is_on: bool) {
    let key = Pckn::new(0_u16, 0_u16, 60_u16, 1_u32);
    if is_on {
        events.push(&NoteOnEvent::new(frame as u32, key, 0.8));
    } else {
        events.push(&NoteOffEvent::new(frame as u32, key, 0.0));
    }
}

/// Numbers of a repeatable sequence (splitmix64).
pub struct Numbers(pub u64);

impl Numbers {
    /// 0 to 1.
    pub fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.share() * end as f64) as usize % end
    }

    /// Noise in stereo with a beat, peaking near full scale.
    pub fn music(&mut self, frames: usize) -> [Vec<f32>; 2] {
        [(); 2].map(|()| {
            let beat = |n: usize| if n % 12_000 < 3_000 { 0.9 } else { 0.2 };
            (0..frames).map(|n| (self.share() * 2.0 - 1.0) as f32 * beat(n)).collect()
        })
    }

    /// Changes of random parameters to random values within `frames`, in order.
    pub fn changes(&mut self, count: usize, frames: usize, params: &[Param]) -> Vec<Change> {
        let mut changes: Vec<Change> = (0..count)
            .map(|_| {
                let frame = self.below(frames);
                let param = &params[self.below(params.len())];
                let value = self.share() * param.max;
                let stepped = param.flags.contains(ParamInfoFlags::IS_STEPPED);
                Change { frame, id: param.id, value: if stepped { value.round() } else { value } }
            })
            .collect();
        changes.sort_by_key(|change| change.frame);
        changes
    }
}
