//! What columns and values are called in the files that people have, in English and Chinese.
//!
//! Names are compared without capitals, spaces and signs. A name here is a guess for a person to correct, never a rule.
//! Names stand with spaces between.

/// A field and the names that columns for it go by, the surest first.
pub(super) type Names = (&'static str, &'static str);

/// What a contact's id goes by.
pub(super) const CONTACT_KEY: &str = "conversationid contactid callid sessionid interactionid \
    chatid id callno callsid uuid 会话id 会话编号 通话id 通话编号 通话流水号 流水号 \
    編號 编号 工单号 會話編號 通話編號";
/// What a ticket's id goes by.
pub(super) const TICKET_KEY: &str = "ticketid caseid incidentid number ticket case srnumber \
    issueid ticketnumber casenumber id 工单号 工单编号 工單號 工單編號 编号 編號 \
    案件编号";

pub(super) const CONTACT: &[Names] = &[
    (
        "started_at",
        "startedat starttime start callstart begintime createdat \
     calltime timestamp datetime timeofcall contactstart \
     initiationtimestamp 开始时间 呼入时间 来电时间 进线时间 会话开始时间 創建時間 创建时间 \
     開始時間 來電時間 進線時間 通話開始時間",
    ),
    (
        "enqueued_at",
        "enqueuedat queuestart queuedat queuetime queueentry 排队开始时间 \
     入队时间 排隊開始時間",
    ),
    (
        "assigned_at",
        "assignedat answeredat answertime connectedat agentstart \
     pickuptime 接通时间 应答时间 接入时间 接通時間 應答時間 分配时间",
    ),
    (
        "ended_at",
        "endedat endtime end hanguptime closedat disconnecttimestamp \
     callend finishedat 结束时间 挂断时间 結束時間 掛斷時間",
    ),
    ("wrap_up_ended_at", "wrapupend wrapupendedat acwend 话后结束时间"),
    ("resolved_at", "resolvedat solvedat 解决时间 解決時間"),
    (
        "waiting_secs",
        "waitsecs waitingsecs waittime waitingtime speedofanswer \
     speedofanswerinseconds qtime wait queueduration 排队时长 等待时长 \
     等待时间 排队时间 排隊時長 等待時長 等待時間",
    ),
    (
        "talk_secs",
        "talksecs talktime talkduration avgtalkduration duration \
     handletime calllength sertime servicetime 通话时长 服务时长 会话时长 \
     通話時長 服務時長",
    ),
    ("wrap_up_secs", "wrapupsecs wrapuptime acw aftercallwork 话后时长 話後時長 整理时长"),
    ("channel", "channel media mediatype contacttype 渠道 来源渠道 渠道类型 管道 來源"),
    ("direction", "direction calldirection 方向 呼叫方向 呼叫类型"),
    (
        "queue",
        "queue queuename skill skillgroup department group team split \
     队列 技能组 技能組 佇列 部门 部門 业务组",
    ),
    (
        "agent",
        "agent agentname agentid server assignee operator employee \
     user 坐席 客服 座席 客服姓名 坐席工号 坐席姓名 工号 接待客服 客服人員 專員",
    ),
    (
        "outcome",
        "outcome result status disposition callstatus answered \
     answeredyn resolution 结果 状态 接通状态 是否接通 呼叫结果 狀態 結果 接通狀態",
    ),
    ("ended_by", "endedby hangupby disconnectreason 挂断方 掛斷方"),
    (
        "topic",
        "topic reason category subject issue calltype type 主题 问题类型 \
     咨询类型 主題 問題類型 分类 分類 业务类型",
    ),
    ("priority", "priority 优先级 優先級 優先順序"),
    (
        "customer",
        "customer customerid clientid caller callerid phone \
     phonenumber ani email user userid visitor 客户 客户编号 客户号 主叫号码 \
     来电号码 手机号 电话 客戶 客戶編號 來電號碼 手機 電話",
    ),
    ("language", "language lang locale 语言 語言"),
    ("wrap_up_code", "wrapupcode wrapcode dispositioncode 小结 话后小结 小結"),
    (
        "rating",
        "rating csat satisfaction satisfactionrating score 满意度 评分 评价 \
     滿意度 評分",
    ),
    (
        "message",
        "message customermessage question description comment text \
     content 留言 客户消息 问题描述 客戶訊息 問題描述 内容 內容",
    ),
    ("reply", "reply answer agentmessage response 回复 客服回复 回覆"),
];

pub(super) const TICKET: &[Names] = &[
    (
        "at",
        "updatedat sysupdatedat changedate changedatetime timestamp \
     time modifiedat datetime createdat 更新时间 变更时间 修改时间 时间 更新時間 \
     變更時間 時間",
    ),
    (
        "opened_at",
        "openedat createdat opened created reportedat 创建时间 建立時間 创建日期 \
     开单时间",
    ),
    ("resolved_at", "resolvedat resolved solvedat 解决时间 解決時間"),
    ("closed_at", "closedat closed 关闭时间 結案時間 关单时间"),
    ("status", "status state incidentstate ticketstatus 状态 工单状态 狀態 工單狀態"),
    ("sub_status", "substatus substate 子状态"),
    (
        "team",
        "team group assignmentgroup queue department involvedst 处理组 \
     团队 部门 處理組 部門 團隊",
    ),
    ("agent", "agent assignee assignedto owner resource 处理人 负责人 客服 處理人 負責人"),
    ("priority", "priority 优先级 優先級"),
    ("impact", "impact 影响 影響"),
    ("urgency", "urgency 紧急程度 緊急程度"),
    ("product", "product 产品 產品"),
    ("category", "category type 类别 分类 問題類型 类型 分類 類別"),
    ("subcategory", "subcategory 子类别 子分类"),
    ("channel", "channel contacttype source 渠道 来源 來源"),
    (
        "customer",
        "customer requester caller callerid customerid reporter email \
     phone 客户 提单人 客戶 客户编号 聯絡人",
    ),
    ("country", "country 国家 國家"),
    ("location", "location 地区 地點 地区名"),
    ("revision", "sysmodcount revision version 版本"),
    ("text", "description comment subject summary 描述 问题描述 備註 备注 問題描述"),
];

pub(super) const HAPPENING: &[Names] = &[
    (
        "at",
        "at timestamp time eventtime occurredat createdat datetime 时间 \
     事件时间 時間 事件時間",
    ),
    (
        "type",
        "type event eventtype eventname action activity 事件 事件类型 事件類型 \
     动作",
    ),
    ("channel", "channel media 渠道"),
    ("queue", "queue queuename skill 队列 技能组 佇列"),
    ("agent", "agent agentid agentname user 坐席 客服 座席"),
    ("customer", "customer customerid caller 客户 客戶"),
    ("text", "text message content 内容 消息 內容"),
    ("reason", "reason 原因"),
];

/// Words that values of a field go by.
pub(super) type Words = (&'static str, &'static str);

pub(super) const OUTCOMES: &[Words] = &[
    (
        "answered",
        "answered agent connected handled completed yes y true 1 接通 \
     已接通 已应答 应答 是 已接听 已接聽 已接 成功",
    ),
    ("resolved", "resolved solved 已解决 已解決 解决"),
    (
        "abandoned",
        "abandoned abandon hang hangup lost missed noanswer \
     unanswered no n false 0 放弃 放棄 未接通 未接 排队放弃 否 呼损 未应答",
    ),
    ("callback_requested", "callback callbackrequested 回呼 预约回呼"),
    ("flowed_out", "transferred overflow flowedout 转出 溢出 轉出"),
    ("voided", "phantom test voided invalid 无效 測試 测试 無效"),
];

pub(super) const CHANNELS: &[Words] = &[
    ("voice", "voice phone call telephone 电话 語音 语音 電話 热线"),
    ("chat", "chat webchat livechat web 在线 在线客服 网页 線上 網頁 app"),
    ("messaging", "messaging wechat whatsapp line sms messenger 微信 公众号 短信 簡訊"),
    ("email", "email mail 邮件 郵件 邮箱"),
    ("social", "social weibo facebook twitter 微博 小红书"),
    ("ticket", "ticket form 工单 工單 表单 selfservice"),
];

pub(super) const DIRECTIONS: &[Words] = &[
    ("inbound", "inbound in incoming 呼入 来电 來電"),
    ("outbound", "outbound out outgoing 呼出 外呼"),
    ("callback", "callback 回呼"),
];

pub(super) const PARTIES: &[Words] = &[
    ("customer", "customer customerdisconnect caller client 客户 客戶"),
    ("agent", "agent agentdisconnect 坐席 客服 座席"),
    ("system", "system 系统 系統"),
    ("bot", "bot robot 机器人 機器人"),
];

pub(super) const TYPES: &[Words] = &[
    ("conversation.started", "started start created initiated conversationcreated 开始 開始 进线"),
    ("conversation.enqueued", "enqueued queued queue enterqueue 排队 入队 排隊"),
    ("conversation.assigned", "assigned answered connected connectedtoagent 接通 分配 应答"),
    ("conversation.abandoned", "abandoned abandon 放弃 放棄"),
    ("conversation.held", "held hold 保持"),
    ("conversation.resumed", "resumed unhold retrieved 取回"),
    ("conversation.transferred", "transferred transfer 转接 轉接"),
    ("conversation.message_received", "messagereceived customermessage incoming 客户消息"),
    ("conversation.ended", "ended end disconnected closed hangup completed 结束 挂断 結束"),
    ("conversation.resolved", "resolved 已解决"),
    ("agent.signed_in", "login signedin 签入 登录"),
    ("agent.signed_out", "logout signedout 签出 登出"),
];

/// Words that stand where nothing is known.
pub(super) const UNKNOWN: &[&str] =
    &["?", "#N/A", "N/A", "n/a", "NA", "NULL", "null", "None", "nan", "NaN", "-", "--", "无", "無", "未知", "(blank)", "\\N"];

/// Formats that are tried on a column that may hold times, the surest first.
pub(super) const TIMES: &[&str] = &[
    "iso",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %I:%M %p",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y年%m月%d日 %H:%M",
    "%Y%m%d%H%M%S",
    "epoch_s",
    "epoch_ms",
    "%Y-%m-%d",
];
/// Formats of a column that holds days, beside one that holds clocks.
pub(super) const DAYS: &[&str] = &["%Y-%m-%d", "%Y/%m/%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%y%m%d", "%Y年%m月%d日"];
/// Formats of clocks.
pub(super) const CLOCKS: &[&str] = &["%H:%M:%S", "%H:%M"];
