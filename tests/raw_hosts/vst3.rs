//! A small VST3 host that passes on what a test hands it, however wrong, in whatever order.

#![allow(unsafe_code)] // calls through COM pointers

use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::mem::zeroed;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicI32, Ordering};

use libloading::Symbol;
use vst3::Steinberg::Vst::BusDirections_::{kInput, kOutput};
use vst3::Steinberg::Vst::MediaTypes_::kAudio;
use vst3::Steinberg::Vst::ProcessContext_::StatesAndFlags_::kPlaying;
use vst3::Steinberg::Vst::{
    AudioBusBuffers, AudioBusBuffers__type0, BusInfo, IAudioProcessor, IAudioProcessorTrait, IComponent,
    IComponentHandler, IComponentHandlerTrait, IComponentTrait, IEditController, IEditControllerTrait,
    IParamValueQueue, IParamValueQueueTrait, IParameterChanges, IParameterChangesTrait, ParamID, ParamValue,
    ParameterInfo, ProcessContext, ProcessData, ProcessSetup, SpeakerArrangement,
};
use vst3::Steinberg::{
    IBStream, IBStream_::IStreamSeekMode_::*, IBStreamTrait, IPluginBaseTrait, IPluginFactory,
    IPluginFactoryTrait, PClassInfo, int32, int64, kInvalidArgument, kResultOk, tresult,
};
use vst3::{Class, ComPtr, ComWrapper, Interface};

use super::library::{Bus, library};

/// Position of the entries among the classes of the factory.
pub const EFFECT: i32 = 0;
pub const INSTRUMENT: i32 = 1;

/// One instance.
pub struct Vst3 {
    component: ComPtr<IComponent>,
    processor: ComPtr<IAudioProcessor>,
    controller: ComPtr<IEditController>,
    handler: ComWrapper<Handler>,
}

/// A parameter as the plugin describes it.
pub struct Param {
    pub id: ParamID,
    pub title: String,
    /// 0 is continuous.
    pub steps: i32,
}

/// One call of `process`.
#[derive(Default)]
pub struct Call<'a> {
    pub frames: usize,
    pub inputs: Vec<Bus>,
    pub outputs: Vec<Bus>,
    /// Parameter, frame, value.
    pub changes: &'a [(ParamID, i32, f64)],
    pub is_playing: bool,
}

impl Vst3 {
    /// Makes and initialises an instance, and gives it a component handler.
    pub fn new(entry: i32) -> Self {
        // SAFETY: the functions are those that the format prescribes, and all pointers are to what lives until they
        // return.
        unsafe {
            let enter: Symbol<unsafe extern "C" fn(*mut c_void) -> bool> =
                library().get(b"ModuleEntry").unwrap();
            assert!(enter(null_mut()));
            let factory: Symbol<unsafe extern "system" fn() -> *mut c_void> =
                library().get(b"GetPluginFactory").unwrap();
            let factory = ComPtr::<IPluginFactory>::from_raw(factory().cast()).unwrap();
            let mut class: PClassInfo = zeroed();
            assert_eq!(factory.getClassInfo(entry, &mut class), kResultOk);
            let mut component: *mut c_void = null_mut();
            let id = IComponent::IID.as_ptr().cast();
            assert_eq!(factory.createInstance(class.cid.as_ptr(), id, &mut component), kResultOk);
            let component = ComPtr::<IComponent>::from_raw(component.cast()).unwrap();
            assert_eq!(component.initialize(null_mut()), kResultOk);
            let processor = component.cast().unwrap();
            let controller: ComPtr<IEditController> = component.cast().unwrap();
            let handler = ComWrapper::new(Handler::default());
            let told = handler.to_com_ptr::<IComponentHandler>().unwrap();
            assert_eq!(controller.setComponentHandler(told.as_ptr()), kResultOk);
            Self { component, processor, controller, handler }
        }
    }

    pub fn setup(&self, rate_hz: f64, max_frames: i32) -> tresult {
        let mut setup: ProcessSetup =
            // SAFETY: a plain struct of numbers.
            unsafe { zeroed() };
        (setup.maxSamplesPerBlock, setup.sampleRate) = (max_frames, rate_hz);
        // SAFETY: `setup` lives until the call returns.
        unsafe { self.processor.setupProcessing(&mut setup) }
    }

    pub fn set_active(&self, active: bool) -> tresult {
        // SAFETY: no pointers.
        unsafe { self.component.setActive(active.into()) }
    }

    pub fn set_processing(&self, processing: bool) -> tresult {
        // SAFETY: no pointers.
        unsafe { self.processor.setProcessing(processing.into()) }
    }

    /// What most hosts do before they play.
    pub fn start(&self, rate_hz: f64, max_frames: i32) {
        assert_eq!(self.setup(rate_hz, max_frames), kResultOk);
        assert_eq!(self.set_active(true), kResultOk);
        assert_eq!(self.set_processing(true), kResultOk);
    }

    pub fn latency(&self) -> u32 {
        // SAFETY: no pointers.
        unsafe { self.processor.getLatencySamples() }
    }

    /// Asks for speaker arrangements of all buses.
    pub fn arrange(&self, inputs: &[SpeakerArrangement], outputs: &[SpeakerArrangement]) -> tresult {
        let (mut inputs, mut outputs) = (inputs.to_vec(), outputs.to_vec());
        let list = |buses: &mut Vec<SpeakerArrangement>| match buses.is_empty() {
            true => null_mut(),
            false => buses.as_mut_ptr(),
        };
        let counts = (inputs.len() as i32, outputs.len() as i32);
        // SAFETY: both lists live until the call returns, and are as long as said.
        unsafe {
            self.processor.setBusArrangements(list(&mut inputs), counts.0, list(&mut outputs), counts.1)
        }
    }

    /// The arrangements of all buses, inputs first.
    pub fn arrangements(&self) -> [Vec<SpeakerArrangement>; 2] {
        [kInput, kOutput].map(|direction| {
            let direction = direction as i32;
            // SAFETY: no pointers.
            let count = unsafe { self.component.getBusCount(kAudio as i32, direction) };
            (0..count)
                .map(|bus| {
                    let mut arrangement = 0;
                    // SAFETY: the number lives until the call returns.
                    let result =
                        unsafe { self.processor.getBusArrangement(direction, bus, &mut arrangement) };
                    assert_eq!(result, kResultOk);
                    arrangement
                })
                .collect()
        })
    }

    /// Channels, type and flags of an audio input.
    pub fn input_bus(&self, index: i32) -> (i32, i32, u32) {
        // SAFETY: a plain struct, which lives until the call returns.
        let bus: BusInfo = unsafe {
            let mut bus = zeroed();
            assert_eq!(self.component.getBusInfo(kAudio as i32, kInput as i32, index, &mut bus), kResultOk);
            bus
        };
        (bus.channelCount, bus.busType, bus.flags)
    }

    pub fn activate_input(&self, index: i32, active: bool) -> tresult {
        // SAFETY: no pointers.
        unsafe { self.component.activateBus(kAudio as i32, kInput as i32, index, active.into()) }
    }

    /// All parameters.
    pub fn params(&self) -> Vec<Param> {
        // SAFETY: no pointers.
        let count = unsafe { self.controller.getParameterCount() };
        (0..count)
            .map(|index| {
                // SAFETY: a plain struct, which lives until the call returns.
                let info: ParameterInfo = unsafe {
                    let mut info = zeroed();
                    assert_eq!(self.controller.getParameterInfo(index, &mut info), kResultOk);
                    info
                };
                let units = info.title.iter().map(|unit| *unit as u16).take_while(|unit| *unit != 0);
                let title = char::decode_utf16(units).map(Result::unwrap).collect();
                Param { id: info.id, title, steps: info.stepCount }
            })
            .collect()
    }

    pub fn id(&self, title: &str) -> ParamID {
        let params = self.params();
        params.iter().find(|param| param.title == title).unwrap_or_else(|| panic!("no parameter {title}")).id
    }

    pub fn get(&self, id: ParamID) -> ParamValue {
        // SAFETY: no pointers.
        unsafe { self.controller.getParamNormalized(id) }
    }

    pub fn set(&self, id: ParamID, value: ParamValue) -> tresult {
        // SAFETY: no pointers.
        unsafe { self.controller.setParamNormalized(id, value) }
    }

    pub fn save(&self) -> Vec<u8> {
        let stream = ComWrapper::new(Stream::default());
        let passed = stream.to_com_ptr::<IBStream>().unwrap();
        // SAFETY: the stream lives until the call returns.
        assert_eq!(unsafe { self.component.getState(passed.as_ptr()) }, kResultOk);
        stream.bytes.take()
    }

    pub fn load(&self, bytes: &[u8]) -> tresult {
        let stream = ComWrapper::new(Stream { bytes: RefCell::new(bytes.to_vec()), at: Cell::new(0) });
        let passed = stream.to_com_ptr::<IBStream>().unwrap();
        // SAFETY: the stream lives until the call returns.
        unsafe { self.component.setState(passed.as_ptr()) }
    }

    /// The flags of all restarts that were asked for since the last call.
    pub fn take_restart_flags(&self) -> i32 {
        self.handler.restart_flags.swap(0, Ordering::SeqCst)
    }

    pub fn process(&self, call: &mut Call) -> tresult {
        let frames = call.frames as i32;
        self.process_frames(call, frames)
    }

    /// With another number of frames than the buffers have.
    pub fn process_frames(&self, call: &mut Call, frames: i32) -> tresult {
        let mut lists: [Vec<Vec<*mut f32>>; 2] =
            [&mut call.inputs, &mut call.outputs].map(|buses| buses.iter_mut().map(Bus::pointers).collect());
        let counts = [call.inputs.len() as i32, call.outputs.len() as i32];
        let [mut inputs, mut outputs] = [0, 1].map(|direction| {
            let listed = [&call.inputs, &call.outputs][direction].iter().map(|bus| bus.is_listed);
            let mut buses: Vec<AudioBusBuffers> = lists[direction]
                .iter_mut()
                .zip(listed)
                .map(|(pointers, listed)| {
                    buffers(pointers.len(), if listed { pointers.as_mut_ptr() } else { null_mut() })
                })
                .collect();
            // Whoever reads further than the host says dies of it.
            buses.push(buffers(2, std::ptr::without_provenance_mut(8)));
            buses
        });
        let changes = ComWrapper::new(Changes::of(call.changes));
        let passed = changes.to_com_ptr::<IParameterChanges>().unwrap();
        // SAFETY: plain structs; everything they point to lives until the call returns, but for what is wrong on
        // purpose.
        unsafe {
            let mut context: ProcessContext = zeroed();
            context.state = if call.is_playing { kPlaying as u32 } else { 0 };
            let mut data: ProcessData = zeroed();
            data.numSamples = frames;
            (data.numInputs, data.numOutputs) = (counts[0], counts[1]);
            (data.inputs, data.outputs) = (inputs.as_mut_ptr(), outputs.as_mut_ptr());
            data.inputParameterChanges = passed.as_ptr();
            data.processContext = &mut context;
            self.processor.process(&mut data)
        }
    }
}

impl Drop for Vst3 {
    fn drop(&mut self) {
        // SAFETY: no pointers but a null one, which takes the handler away.
        unsafe {
            self.set_processing(false);
            self.set_active(false);
            self.controller.setComponentHandler(null_mut());
            self.component.terminate();
        }
    }
}

fn buffers(channels: usize, list: *mut *mut f32) -> AudioBusBuffers {
    AudioBusBuffers {
        numChannels: channels as i32,
        silenceFlags: 0,
        __field0: AudioBusBuffers__type0 { channelBuffers32: list },
    }
}

/// Writes down what the plugin asks for.
#[derive(Default)]
struct Handler {
    restart_flags: AtomicI32,
}

impl Class for Handler {
    type Interfaces = (IComponentHandler,);
}

impl IComponentHandlerTrait for Handler {
    unsafe fn beginEdit(&self, _id: ParamID) -> tresult {
        kResultOk
    }

    unsafe fn performEdit(&self, _id: ParamID, _value: ParamValue) -> tresult {
        kResultOk
    }

    unsafe fn endEdit(&self, _id: ParamID) -> tresult {
        kResultOk
    }

    unsafe fn restartComponent(&self, flags: int32) -> tresult {
        self.restart_flags.fetch_or(flags, Ordering::SeqCst);
        kResultOk
    }
}

/// Bytes in memory.
#[derive(Default)]
struct Stream {
    bytes: RefCell<Vec<u8>>,
    at: Cell<usize>,
}

impl Class for Stream {
    type Interfaces = (IBStream,);
}

impl IBStreamTrait for Stream {
    unsafe fn read(&self, to: *mut c_void, count: int32, done: *mut int32) -> tresult {
        let bytes = self.bytes.borrow();
        let rest = &bytes[self.at.get().min(bytes.len())..];
        let count = rest.len().min(count as usize);
        // SAFETY: the caller's buffer has room for what it asks for.
        unsafe { std::ptr::copy_nonoverlapping(rest.as_ptr(), to.cast(), count) };
        self.at.set(self.at.get() + count);
        // SAFETY: null or the caller's number.
        if let Some(done) = unsafe { done.as_mut() } {
            *done = count as i32;
        }
        kResultOk
    }

    unsafe fn write(&self, from: *mut c_void, count: int32, done: *mut int32) -> tresult {
        // SAFETY: the caller's buffer has what it says.
        let more = unsafe { std::slice::from_raw_parts(from.cast::<u8>(), count as usize) };
        self.bytes.borrow_mut().extend_from_slice(more);
        // SAFETY: null or the caller's number.
        if let Some(done) = unsafe { done.as_mut() } {
            *done = count;
        }
        kResultOk
    }

    unsafe fn seek(&self, to: int64, mode: int32, result: *mut int64) -> tresult {
        let from = match mode as u32 {
            mode if mode == kIBSeekSet as u32 => 0,
            mode if mode == kIBSeekCur as u32 => self.at.get(),
            mode if mode == kIBSeekEnd as u32 => self.bytes.borrow().len(),
            _ => return kInvalidArgument,
        };
        self.at.set((from as i64 + to) as usize);
        // SAFETY: null or the caller's number.
        if let Some(result) = unsafe { result.as_mut() } {
            *result = self.at.get() as i64;
        }
        kResultOk
    }

    unsafe fn tell(&self, at: *mut int64) -> tresult {
        // SAFETY: the caller's number.
        unsafe { *at = self.at.get() as i64 };
        kResultOk
    }
}

/// Parameter changes, each in a queue of its own.
struct Changes(Vec<ComPtr<IParamValueQueue>>);

impl Changes {
    fn of(changes: &[(ParamID, i32, f64)]) -> Self {
        let queue = |change: &(ParamID, i32, f64)| {
            ComWrapper::new(Queue(*change)).to_com_ptr::<IParamValueQueue>().unwrap()
        };
        Self(changes.iter().map(queue).collect())
    }
}

impl Class for Changes {
    type Interfaces = (IParameterChanges,);
}

impl IParameterChangesTrait for Changes {
    unsafe fn getParameterCount(&self) -> int32 {
        self.0.len() as i32
    }

    unsafe fn getParameterData(&self, index: int32) -> *mut IParamValueQueue {
        self.0.get(index as usize).map_or(null_mut(), ComPtr::as_ptr)
    }

    unsafe fn addParameterData(&self, _id: *const ParamID, _index: *mut int32) -> *mut IParamValueQueue {
        null_mut()
    }
}

struct Queue((ParamID, i32, f64));

impl Class for Queue {
    type Interfaces = (IParamValueQueue,);
}

impl IParamValueQueueTrait for Queue {
    unsafe fn getParameterId(&self) -> ParamID {
        self.0.0
    }

    unsafe fn getPointCount(&self) -> int32 {
        1
    }

    unsafe fn getPoint(&self, _index: int32, frame: *mut int32, value: *mut ParamValue) -> tresult {
        // SAFETY: the caller's numbers.
        unsafe { (*frame, *value) = (self.0.1, self.0.2) };
        kResultOk
    }

    unsafe fn addPoint(&self, _frame: int32, _value: ParamValue, _index: *mut int32) -> tresult {
        kInvalidArgument
    }
}
